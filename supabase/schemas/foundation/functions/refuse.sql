create or replace function internal.refuse(p_status integer, p_code text, p_message text) returns void
language plpgsql set search_path = ''
as $$
begin
  raise exception using errcode = format('PT%s', p_status), message = p_message, detail = p_code;
end
$$;
comment on function internal.refuse(integer, text, text) is
  'Ends the transaction with an HTTP status (as PostgREST reads SQLSTATE PTnnn); the error''s detail is the code for programs.';
revoke execute on function internal.refuse(integer, text, text) from public;
