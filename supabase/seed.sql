-- The registry of the rollout: three symbols of the canary, ten of the limited stage.
-- Prices come through ingest-bars; nothing is forecast for a symbol without bars.
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
  ('XLV', 'Health Care Select Sector SPDR', 'limited'),
  ('SPX', 'S&P 500', 'full')
on conflict (symbol) do nothing;
