create or replace function internal.note_windows() returns trigger
language plpgsql set search_path = ''
as $$
declare
  v_ids bigint[];
begin
  select array_agg((to_jsonb(c) ->> tg_argv[0])::bigint) into v_ids from changed c;
  if v_ids is null then
    return null;
  end if;
  -- Whoever stores bars of these symbols at this moment comes before or after, and not between.
  perform from public.symbols s
  where s.id in (select m.symbol_id from public.ensemble_validation_metrics m where m.id = any (v_ids))
  order by s.id
  for share;
  perform internal.note_window_validity(v_ids);
  return null;
end
$$;
comment on function internal.note_windows() is 'Trigger (column with the id of the window''s metrics): keeps whether windows still stand when they are stored.';
revoke execute on function internal.note_windows() from public;

create trigger ensemble_validation_metrics_note_updates after update on public.ensemble_validation_metrics
referencing new table as changed for each statement execute function internal.note_windows('id');
create trigger overfitting_tests_note_inserts after insert on public.overfitting_tests
referencing new table as changed for each statement execute function internal.note_windows('metrics_id');
create trigger overfitting_tests_note_updates after update on public.overfitting_tests
referencing new table as changed for each statement execute function internal.note_windows('metrics_id');
