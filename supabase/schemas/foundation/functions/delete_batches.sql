create or replace function internal.delete_batches(p_table regclass, p_condition text, p_rows integer, p_batches integer) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_deleted integer;
  v_total integer := 0;
begin
  for i in 1 .. p_batches loop
    execute format('delete from %1$s where ctid in (select ctid from %1$s where %2$s limit %3$s)', p_table, p_condition, p_rows);
    get diagnostics v_deleted = row_count;
    v_total := v_total + v_deleted;
    exit when v_deleted < p_rows;
  end loop;
  return v_total;
end
$$;
comment on function internal.delete_batches(regclass, text, integer, integer) is
  'Deletes the rows of a table that a condition (SQL of our own, never of a caller) names, p_rows at a time, p_batches times at most; '
  'returns how many.';
revoke execute on function internal.delete_batches(regclass, text, integer, integer) from public;
