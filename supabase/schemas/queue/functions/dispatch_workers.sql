create or replace function public.dispatch_workers() returns integer
language plpgsql security definer set search_path = ''
as $$
begin
  perform internal.mend_clock_jumps();
  return internal.request_workers(internal.worker_places());
end
$$;
comment on function public.dispatch_workers() is
  'Asks for workers if claimable jobs wait; returns how many requests were made. Mends what a clock that was set back has left.';
revoke execute on function public.dispatch_workers() from public, anon, authenticated;
grant execute on function public.dispatch_workers() to service_role;
