-- The registry of the rollout: three symbols of the canary, ten of the limited stage.
-- Prices come through ingest-bars; nothing is forecast for a symbol without bars.
-- The sample index of `npm start` is registered by its bars: a provider that does not know it is never asked for it.
insert into public.symbols (symbol, name, stage) values
  ('AAPL', 'Apple', 'canary'),
  ('MSFT', 'Microsoft', 'canary'),
  ('SPY', 'SPDR S&P 500 ETF', 'canary'),
  ('NVDA', 'NVIDIA', 'limited'),
  ('GOOGL', 'Alphabet, class A', 'limited'),
  ('AMZN', 'Amazon', 'limited'),
  ('TSLA', 'Tesla', 'limited'),
  ('META', 'Meta Platforms', 'limited'),
  ('NFLX', 'Netflix', 'limited'),
  ('CRM', 'Salesforce', 'limited'),
  ('IWM', 'iShares Russell 2000 ETF', 'limited'),
  ('TLT', 'iShares 20+ Year Treasury Bond ETF', 'limited'),
  ('XLV', 'Health Care Select Sector SPDR', 'limited')
on conflict (symbol) do nothing;
