begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.check_market_data_setting');
create temporary table tried (name text, value jsonb, good boolean);
insert into tried values
  ('market_data', '{"provider": "csv"}', true), ('market_data', '{"provider": "csv", "feed": "iex"}', false),
  ('market_data', '{"provider": "alpaca", "feed": "iex", "adjustment": "all"}', true), ('market_data', '{"provider": "alpaca", "feed": "iex"}', false),
  ('market_data', '{"provider": "alpaca", "feed": "none", "adjustment": "all"}', false),
  ('market_data', '{"provider": "tiingo", "adjustment": "raw", "first_date": "2015-01-02"}', true),
  ('market_data', '{"provider": "tiingo", "adjustment": "raw", "first_date": "2015-02-30"}', false),
  ('market_data', '{"provider": "tiingo", "adjustment": "split"}', false), ('market_data', '{"provider": "other"}', false), ('market_data', '"csv"', false),
  ('market_data', '{"provider": "cboe"}', false), ('covariate_sources', '{}', true), ('covariate_sources', '[]', false),
  ('covariate_sources', '{"VIX": {"provider": "cboe"}, "GLD": {"provider": "tiingo", "adjustment": "all"}}', true),
  ('covariate_sources', '{"VIX": {"provider": "csv"}}', false), ('covariate_sources', '{"no symbol": {"provider": "cboe"}}', false),
  ('largest_move', '{"default": 3, "TEST": 20}', true), ('largest_move', '{"TEST": 20}', false), ('largest_move', '{"default": 1}', false),
  ('largest_move', '{"default": "3"}', false), ('largest_move', '{"default": 3, "no symbol": 2}', false), ('largest_move', '3', false);
create function pg_temp.is_taken(p_name text, p_value jsonb) returns boolean language plpgsql as $$
begin
  update public.settings set value = p_value where name = p_name;
  return true;
exception when sqlstate 'PT400' then
  return false;
end
$$;
select is_empty('select * from tried where pg_temp.is_taken(name, value) <> good', 'values that readers can use are taken, others refused');

select * from finish();
rollback;
