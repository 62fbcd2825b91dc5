begin;
\ir ../fixtures.psql
select plan(4);

select throws_ok($$ select internal.refuse(409, 'no_reason', E'moved\r\nX-Injected: 1\tand\u202e\u0085on') $$, 'PT409',
  'moved X-Injected: 1 and on', 'a run of control characters becomes a space: the message ends up in the line of the HTTP status');
select throws_ok($$ select internal.refuse(409, 'no_reason', 'Zürich — 日本') $$, 'PT409', 'Zürich — 日本', 'other characters stay');
select throws_ok($$ select internal.refuse(409, 'no_reason', repeat('a', 1000)) $$, 'PT409', repeat('a', 1000), '1,000 characters stay');
select throws_ok($$ select internal.refuse(409, 'no_reason', repeat('a', 1001)) $$, 'PT409', repeat('a', 999) || '…', 'one more is cut');

select * from finish();
rollback;
