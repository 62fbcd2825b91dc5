create or replace function internal.refuse(
  p_status integer, p_code text, p_message text, p_retry_at timestamptz default null
) returns void
language plpgsql set search_path = ''
as $$
declare
  -- PostgREST copies the message into the line of the HTTP status: a line break would end that line.
  v_message text := regexp_replace(p_message, '[\u0001-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+', ' ', 'g');
begin
  if length(v_message) > 1000 then
    v_message := left(v_message, 999) || '…';
  end if;
  raise exception using errcode = format('PT%s', p_status), message = v_message, detail = p_code,
    hint = case when p_retry_at is null then '' else greatest(1, ceil(extract(epoch from p_retry_at - now())))::integer::text end;
end
$$;
comment on function internal.refuse(integer, text, text, timestamptz) is
  'Ends the transaction with an HTTP status (as PostgREST reads SQLSTATE PTnnn); the error''s detail is the code for programs, its hint in how '
  'many seconds, one at least, to ask again (p_retry_at; empty for null). Each run of '
  'control characters (those of writing direction too) in the message becomes a space, and it is cut at 1,000 characters. '
  'Twin: oneLine (src/shared/wording/one-line.ts), compared in test/database/computed-twice.test.ts.';
revoke execute on function internal.refuse(integer, text, text, timestamptz) from public;
