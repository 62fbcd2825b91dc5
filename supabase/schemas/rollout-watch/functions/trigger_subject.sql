create or replace function internal.trigger_subject(p_stage text, p_trigger jsonb) returns text
language sql stable set search_path = '' set timezone = 'UTC'
as $$
  -- Missing forecasts and errors are new as often as they are found.
  select case when p_trigger ->> 'trigger' not in ('missing_forecasts', 'unhandled_error') then
    concat_ws(' ', p_stage, p_trigger ->> 'trigger', p_trigger ->> 'subject', p_trigger #>> '{figures, window_id}',
      (p_trigger #>> '{figures, until}')::timestamptz::date) end
$$;
comment on function internal.trigger_subject(text, jsonb) is
  'What the event of a trigger is about, so that what lasts leaves one event, whoever meets it: stage, trigger, subject, and the window or day '
  'that it is of; null for a trigger that leaves an event each time.';
revoke execute on function internal.trigger_subject(text, jsonb) from public;
