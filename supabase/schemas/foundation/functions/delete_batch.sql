create or replace function internal.delete_batch(p_table regclass, p_condition text, p_rows integer) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_deleted integer;
begin
  execute format('delete from %1$s where ctid in (select ctid from %1$s where %2$s limit %3$s)', p_table, p_condition, p_rows);
  get diagnostics v_deleted = row_count;
  return v_deleted;
end
$$;
comment on function internal.delete_batch(regclass, text, integer) is
  'Deletes p_rows rows of a table at most that a condition (SQL of our own, never of a caller) names; returns how many.';
revoke execute on function internal.delete_batch(regclass, text, integer) from public;
