-- The column always held the share of positive returns; its first comment said something else.

comment on column public.overfitting_tests.base_rate is
  'Share of test bars with a positive return: what always saying "up" would have had. Null when no bar moved.';
