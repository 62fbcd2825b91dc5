// Runs one Edge Function under Deno, as the hosted runtime does: `Deno.serve(handler)` in its module, or
// `export default { fetch }`. Plain JavaScript, because it runs in Deno and the rest of src/local in Node.
//
// Usage: deno run function-host.js MODULE_URL PORT WALL_CLOCK_LIMIT, which is how many milliseconds an isolate lives

const [moduleUrl, port, limit] = Deno.args;
/** Hosted counts 1 s of CPU time, which no API tells; a second by the clock is never later. */
const TAKES_REQUESTS_FOR = 1_000;

/** What was handed to waitUntil and has not settled. */
const pending = new Set();

/**
 * An isolate takes requests until its CPU time is used, lives on until they are answered and what was handed to waitUntil has settled, and is
 * dropped when it idles. Here it is this object alone: modules are not loaded anew, so what must not outlive an isolate is kept by its
 * `EdgeRuntime`.
 */
class Isolate {
  born = performance.now();
  requests = 0;
  background = 0;

  get takesRequests() {
    const idles = this.requests === 0 && this.background === 0;
    return !idles && performance.now() - this.born < TAKES_REQUESTS_FOR;
  }

  runtime = {
    waitUntil: (promise) => {
      this.background += 1;
      // The whole process, which is no less than what hosted ends.
      const end = () => {
        console.error(`EdgeRuntime.waitUntil: not settled ${limit} ms after the isolate began: ended`);
        Deno.exit(1);
      };
      const timer = setTimeout(end, Math.max(0, this.born + Number(limit) - performance.now()));
      const settled = Promise.resolve(promise)
        .catch((error) => console.error('EdgeRuntime.waitUntil:', error))
        .finally(() => {
          clearTimeout(timer);
          this.background -= 1;
          pending.delete(settled);
        });
      pending.add(settled);
      return promise;
    },
  };
}

let isolate = new Isolate();
globalThis.EdgeRuntime = isolate.runtime;

/** Hands a request to the handler, in the isolate that takes requests now. */
function inIsolate(handler) {
  return async (request, info) => {
    if (!isolate.takesRequests) {
      isolate = new Isolate();
      globalThis.EdgeRuntime = isolate.runtime;
    }
    const own = isolate;
    own.requests += 1;
    try {
      return await handler(request, info);
    } finally {
      own.requests -= 1;
    }
  };
}

// Hosted logs what nobody caught and goes on.
globalThis.addEventListener('unhandledrejection', (event) => {
  event.preventDefault();
  console.error('Unhandled rejection:', event.reason);
});

// A stack that ends says so first, as hosted does, and lets background work finish, within its grace period.
Deno.addSignalListener('SIGTERM', async () => {
  globalThis.dispatchEvent(new CustomEvent('beforeunload', { detail: { reason: 'termination' } }));
  await Promise.allSettled([...pending]);
  Deno.exit(0);
});

// Where it listens is not the function's to choose.
const serve = Deno.serve;
Deno.serve = (...given) => {
  const handler = given.find((argument) => typeof argument === 'function') ?? given[0].handler;
  return serve({ hostname: '127.0.0.1', port: Number(port), onListen() {} }, inIsolate(handler));
};

const module = await import(moduleUrl);
if (typeof module.default?.fetch === 'function') {
  Deno.serve((request, info) => module.default.fetch(request, info));
}
