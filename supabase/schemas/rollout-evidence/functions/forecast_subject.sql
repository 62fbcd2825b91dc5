create or replace function internal.forecast_subject(p_symbol text, p_horizon text, p_ensemble text, p_session_date date, p_data_cutoff timestamptz)
returns text
language sql stable set search_path = ''
as $$
  select concat_ws(' ', p_symbol, p_horizon, p_ensemble, p_session_date,
    -- A session has two bars of 4h.
    case when p_horizon <> '1D' then to_char(p_data_cutoff at time zone 'America/New_York', 'HH24:MI') end)
$$;
comment on function internal.forecast_subject(text, text, text, date, timestamptz) is
  'What the event of a forecast that is missing is about, AAPL 4h candidate 2026-11-20 13:30; without an ensemble, of a bar.';
revoke execute on function internal.forecast_subject(text, text, text, date, timestamptz) from public;
