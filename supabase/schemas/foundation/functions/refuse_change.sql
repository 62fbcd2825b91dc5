create or replace function internal.refuse_change() returns trigger
language plpgsql set search_path = ''
as $$
begin
  perform internal.refuse(409, 'append_only', format('%s is append-only: a row once written is neither changed nor deleted', tg_table_name));
  return null;
end
$$;
comment on function internal.refuse_change() is 'Trigger: refuses to change or delete the rows of an append-only table (append_only).';
revoke execute on function internal.refuse_change() from public;
