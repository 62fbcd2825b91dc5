/** A project that uses every part of the stack: a table that only signed-in users read, functions of each kind, Vault. */
export const FIXTURE_FILES: Readonly<Record<string, string>> = {
  'supabase/config.toml': `
project_id = "fixture"

[api]
max_rows = 3

[db.seed]
sql_paths = ["./seed*.sql"]

[db.vault]
plumbline_project_url = "env(PLUMBLINE_PROJECT_URL)"
plumbline_cron_secret_key = "env(PLUMBLINE_CRON_SECRET_KEY)"
given = "env(GIVEN_IN_ENVIRONMENT)"

[functions.context]
verify_jwt = false
[functions.open]
verify_jwt = false
[functions.broken]
verify_jwt = false
`,

  'supabase/seed.sql': `insert into public.things (name, price) values ('seeded', 1.5);`,

  'supabase/migrations/20260101000000_first.sql': `
create extension if not exists pg_net with schema extensions;
create extension if not exists pg_cron with schema pg_catalog;

create table public.things (
  id bigint generated always as identity primary key,
  name text not null unique,
  price numeric not null check (price > 0),
  parent bigint references public.things (id)
);
alter table public.things enable row level security;
revoke all on public.things from anon, authenticated, service_role;
grant select on public.things to authenticated;
grant select, insert, delete on public.things to service_role;
create policy signed_in_users_read on public.things for select to authenticated using (true);

create function public.fail(sqlstate_to_raise text) returns void language plpgsql as $$
begin
  raise exception 'raised %', sqlstate_to_raise using errcode = sqlstate_to_raise, detail = 'a detail', hint = 'a hint';
end
$$;

create function public.refuse(p_message text) returns void language plpgsql as $$
begin
  raise exception using errcode = 'PT409', message = p_message;
end
$$;

create function public.who_am_i() returns jsonb language sql as $$
  select jsonb_build_object('role', current_user, 'uid', auth.uid())
$$;

create function public.statement_timeout() returns text language sql as $$
  select current_setting('statement_timeout')
$$;

create function public.call_function(name text) returns bigint language sql security definer set search_path = '' as $$
  select net.http_post(
    url => (select decrypted_secret from vault.decrypted_secrets where name = 'plumbline_project_url')
      || '/functions/v1/' || name,
    headers => jsonb_build_object(
      'apikey', (select decrypted_secret from vault.decrypted_secrets where name = 'plumbline_cron_secret_key')
    ),
    timeout_milliseconds => 5000
  )
$$;
`,

  'supabase/functions/context/index.ts': `
import { withSupabase } from '@supabase/server';

export default {
  fetch: withSupabase({ auth: ['user', 'secret:cron'] }, async (request, context) => {
    const { data: admin } = await context.supabaseAdmin.rpc('who_am_i');
    const { data: caller } = await context.supabase.rpc('who_am_i');
    return Response.json({ mode: context.authMode, user: context.userClaims?.id ?? null, admin, caller });
  }),
};
`,

  'supabase/functions/guarded/index.ts': `
Deno.serve((request) => Response.json({ path: new URL(request.url).pathname + new URL(request.url).search }));
`,

  'supabase/functions/broken/index.ts': `
import 'npm:no-such-package-is-installed';
Deno.serve(() => new Response('never'));
`,

  'supabase/functions/open/index.ts': `
Deno.serve(async (request) => {
  const url = new URL(request.url);
  switch (url.pathname.slice('/open'.length)) {
    case '/size': {
      let bytes = 0;
      for await (const chunk of request.body ?? []) bytes += chunk.length;
      return Response.json({ bytes });
    }
    case '/refuse':
      return new Response('too large', { status: 413 });
    case '/wait':
      await new Promise((resolve) => setTimeout(resolve, Number(url.searchParams.get('ms'))));
      return Response.json({ pid: Deno.pid });
    case '/abort':
      request.signal.addEventListener('abort', () => console.log('the client went away'));
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      return new Response('too late');
    case '/background':
      EdgeRuntime.waitUntil(
        new Promise((resolve) => setTimeout(resolve, 50)).then(() => console.log('done after the answer')),
      );
      return new Response('answered');
    case '/isolate': {
      const isolate = EdgeRuntime as { counted?: number };
      const counted = (isolate.counted ?? 0) + 1;
      isolate.counted = counted;
      await new Promise((resolve) => setTimeout(resolve, Number(url.searchParams.get('ms'))));
      return Response.json({ counted });
    }
    case '/endless':
      EdgeRuntime.waitUntil(new Promise(() => {}));
      return new Response('answered');
    case '/uncaught':
      Promise.reject(new Error('nobody caught this\\u001b[2K\\u009b1A'));
      return new Response('answered');
    case '/exit':
      console.log('about to exit');
      Deno.exit(3);
      break;
    case '/memory': {
      const hoard: number[][] = [];
      for (;;) hoard.push(new Array(1_000_000).fill(hoard.length + 0.5));
    }
    case '/escape': {
      const attempts = {
        write: () => Deno.writeTextFileSync('escaped', ''),
        read: () => Deno.readTextFileSync('/etc/passwd'),
        run: () => new Deno.Command('id').outputSync(),
      };
      const results: Record<string, string> = {};
      for (const [name, attempt] of Object.entries(attempts)) {
        try {
          attempt();
          results[name] = 'allowed';
        } catch (error) {
          results[name] = (error as Error).name;
        }
      }
      results.net = await fetch('http://192.0.2.1/').then(() => 'allowed', (error) => error.name);
      return Response.json(results);
    }
    case '/environment':
      return Response.json(Object.keys(Deno.env.toObject()).sort());
    default:
      return Response.json({ method: request.method, host: request.headers.get('host') });
  }
});
`,
};
