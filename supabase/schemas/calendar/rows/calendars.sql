-- Written by npm run build:rows from the trading calendars of the code. Do not edit: change them and write it again.
insert into public.calendars (name, rule, time_zone, close_time, half_day_close, known_from, known_until, source) values
  ('XNYS', 'new_york', 'America/New_York', '16:00', '13:00', '1993-01-01', '2060-12-31', 'rules'),
  ('24/7', 'every_day', 'UTC', '24:00', null, '1800-01-01', '2199-12-31', 'rules'),
  ('weekdays', 'weekdays', 'America/New_York', '17:00', null, '1800-01-01', '2199-12-31', 'rules')
on conflict (name) do update set
  rule = excluded.rule, time_zone = excluded.time_zone, close_time = excluded.close_time, half_day_close = excluded.half_day_close,
  known_from = excluded.known_from, known_until = excluded.known_until, source = excluded.source;
