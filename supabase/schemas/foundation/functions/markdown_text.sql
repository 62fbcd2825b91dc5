create or replace function internal.markdown_text(p_text text, p_most integer) returns text
language sql immutable set search_path = ''
as $$
  -- As src/shared/rollout/markdown-table.ts has it.
  select regexp_replace(btrim(regexp_replace(left(p_text, p_most), '[[:space:][:cntrl:]]+', ' ', 'g')), '([\\|`*<[])', '\\\1', 'g')
$$;
comment on function internal.markdown_text(text, integer) is
  'A text as it stands, in Markdown: on one line, at most so many characters of it, without columns, links or marks of its own.';
revoke execute on function internal.markdown_text(text, integer) from public;
