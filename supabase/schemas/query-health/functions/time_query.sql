create or replace function internal.time_query(p_query text, out duration_ms double precision, out timed_out boolean)
language plpgsql set search_path = ''
as $$
declare
  v_began timestamptz := clock_timestamp();
  v_rows bigint;
begin
  timed_out := false;
  begin
    -- As a part of another query it cannot write; counting its rows, all columns are worked out.
    execute format('select count(q.*) from (%s) q', rtrim(p_query, E'; \n')) into v_rows;
  exception when query_canceled then
    timed_out := true;
  end;
  duration_ms := extract(epoch from clock_timestamp() - v_began) * 1000;
end
$$;
comment on function internal.time_query(text) is
  'How long a query (SQL of our own, never of a caller) takes to find all its rows, ms; or until the session''s statement_timeout broke it '
  'off, which comes but once in a statement.';
revoke execute on function internal.time_query(text) from public;
