// POST {symbols, horizon}: 200 with forecasts, or 202 with those that are there and the run that makes the others. GET ?run=ID: how that run stands.
// For signed-in users, who have a quota, and secret keys.
import { forecastRequestSchema, runIdSchema } from '../../../src/shared/contracts/forecast-request.ts';
import { parse, parseJson } from '../../../src/shared/contracts/parse.ts';
import { InvalidInputError } from '../../../src/shared/errors/invalid-input-error.ts';
import { forecastOnRequest } from '../../../src/shared/jobs/forecast-on-request.ts';
import { forecastStore, readForecasts } from '../../../src/shared/store/forecast-store.ts';
import { readRun } from '../../../src/shared/store/read-run.ts';
import { log } from '../_shared/log.ts';
import { readBody } from '../_shared/read-body.ts';
import { seedEnsembles } from '../_shared/seed-ensembles.ts';
import { type Context, serveFunction } from '../_shared/serve-function.ts';

export default serveFunction({
  name: 'forecast',
  auth: ['secret:*', 'user'],
  methods: { POST: request, GET: status },
});

async function request(incoming: Request, { store, userId, meter }: Context): Promise<Response> {
  const body = await readBody(incoming);
  const { symbols, horizon } = parseJson(forecastRequestSchema, body, 'The request body');
  await seedEnsembles(store);
  const now = new Date().toISOString();
  const database = forecastStore(store);
  const requested = await forecastOnRequest(database, symbols, horizon, userId, now, meter);
  const { forecastIds, runId, failures, refusedArtifacts } = requested;
  for (const artifact of refusedArtifacts ?? []) log('artifact refused', { ...artifact });
  const found = { forecasts: await readForecasts(store, forecastIds), ...(failures && { failures }) };
  if (runId === null) return Response.json(found);
  const { run } = await readRun(store, runId);
  return Response.json({ run, ...found }, { status: 202 });
}

async function status(incoming: Request, { store }: Context): Promise<Response> {
  const id = new URL(incoming.url).searchParams.get('run');
  if (id === null)
    throw new InvalidInputError('invalid_input', 'The query lacks run, the id that a 202 answer gave');
  const { run, forecastIds } = await readRun(store, parse(runIdSchema, id, 'The id of the run'));
  return Response.json({ run, forecasts: await readForecasts(store, forecastIds) });
}
