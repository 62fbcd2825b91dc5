create or replace function internal.promotion_obstacles(p_rollout public.rollouts) returns text[]
language plpgsql stable set search_path = ''
as $$
declare
  v_evaluation public.rollout_evaluations := internal.latest_evaluation(p_rollout);
  v_obstacles text[] := '{}';
  v_noticed text;
  v_since timestamptz;
begin
  if now() < p_rollout.stage_due_at then
    v_obstacles := v_obstacles || format('stage %s lasts until %s', p_rollout.stage, internal.utc_text(p_rollout.stage_due_at));
  end if;
  if not exists (select from public.rollout_symbols m where m.rollout_id = p_rollout.id) then
    v_obstacles := v_obstacles || format('no symbol is left in rollout %s: all have ended', p_rollout.id);
  end if;
  if v_evaluation.id is null then
    return v_obstacles || format('stage %s was not evaluated yet', p_rollout.stage);
  end if;
  if v_evaluation.verdict <> 'pass' then
    v_obstacles := v_obstacles || format('evaluation %s says %s: %s', v_evaluation.id, v_evaluation.verdict, (
      select string_agg(format('%s (%s)', c.criterion ->> 'criterion', c.criterion ->> 'verdict'), ', ' order by c.place)
      from jsonb_array_elements(v_evaluation.criteria) with ordinality c(criterion, place)
      where c.criterion ->> 'verdict' <> 'pass'));
  end if;
  if v_evaluation.evidence_at < now() - interval '24 hours' then
    v_obstacles := v_obstacles || format('evaluation %s is of %s, more than 24 hours ago', v_evaluation.id,
      internal.utc_text(v_evaluation.evidence_at));
  elsif v_evaluation.evidence_at > internal.clock_bound() then
    v_obstacles := v_obstacles || format('evaluation %s is of %s, which is yet to come: the clock was set back', v_evaluation.id,
      internal.utc_text(v_evaluation.evidence_at));
  end if;
  -- What a transaction noticed is seen when it ends, minutes after its time at most: what is a little older than the evidence may not be in it.
  v_since := v_evaluation.evidence_at - interval '5 minutes';
  select string_agg(n.sentence, '; ' order by n.place, n.at, n.sentence) filter (where n.rank <= 20)
    || case when count(*) > 20 then format('; and %s more', count(*) - 20) else '' end
  into v_noticed
  from (
    select m.*, row_number() over (order by m.place, m.at, m.sentence) as rank
    from (
      select 1, e.id::double precision, format('%s: %s', replace(e.kind, '_', ' '), e.reason)
      from public.rollout_events e
      where e.rollout_id = p_rollout.id and e.kind in ('trigger', 'job_dead', 'forecast_missing', 'error')
        and (e.happened_at > v_since or e.id > coalesce(v_evaluation.last_event_id, 0))
        -- Triggers and missing forecasts have no class.
        and (e.figures ->> 'class' is null or internal.failure_consequence(e.figures ->> 'class') in ('counts', 'holds'))
      union all
      -- And what the watch, which comes every five minutes, has not noticed yet.
      select 2, extract(epoch from e.occurred_at), format('error: error %s of %s: %s', e.id, e.source, e.code)
      from internal.rollout_errors(v_since, 'infinity') e
      where internal.failure_consequence(e.class) in ('counts', 'holds') and not exists (
        select from public.rollout_events x
        where x.rollout_id = p_rollout.id and x.kind = 'error' and x.subject = format('error %s', e.id))
      union all
      select 2, extract(epoch from j.finished_at), format('job dead: job %s, %s: %s', j.id, concat_ws(' ', j.kind, j.symbol, j.horizon), j.code)
      from internal.rollout_dead_jobs(p_rollout.id, v_since) j
      where not j.made_good and internal.failure_consequence(j.class) in ('counts', 'holds') and not exists (
        select from public.rollout_events x
        where x.rollout_id = p_rollout.id and x.kind = 'job_dead' and x.subject = format('job %s %s', j.id, internal.utc_text(j.finished_at)))
      union all
      select 2, extract(epoch from f.deadline), format('forecast missing: %s was not there by %s',
        concat_ws(' ', f.symbol, f.horizon, f.ensemble, f.session_date), internal.utc_text(f.deadline))
      from internal.expected_forecasts(p_rollout.id, greatest(v_since, p_rollout.stage_started_at), now()) f
      where f.ensemble = 'candidate' and f.state in ('late', 'forecast_missing') and not exists (
        select from public.rollout_events x
        where x.rollout_id = p_rollout.id and x.kind = 'forecast_missing'
          and x.subject = internal.forecast_subject(f.symbol, f.horizon, f.ensemble, f.session_date, f.data_cutoff))
    ) m(place, at, sentence)
  ) n;
  if v_noticed is not null then
    v_obstacles := v_obstacles || format('noticed since evaluation %s or shortly before it: %s', v_evaluation.id, v_noticed);
  end if;
  return v_obstacles;
end
$$;
comment on function internal.promotion_obstacles(public.rollouts) is
  'What a promotion out of the present stage lacks, a sentence each; empty when it is ready: the stage has lasted long enough, and its latest '
  'evaluation passed, is at most 24 hours old, and later than anything that was noticed or has yet to be.';
revoke execute on function internal.promotion_obstacles(public.rollouts) from public;
