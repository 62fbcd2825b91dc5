// Runs one Edge Function under Deno, as the hosted runtime does: `Deno.serve(handler)` in its module, or
// `export default { fetch }`. Where it listens is in DENO_SERVE_ADDRESS. Plain JavaScript, because it runs in Deno and the
// rest of src/local in Node.
//
// Usage: deno run function-host.js MODULE_URL

const pending = new Set();

// Hosted keeps an isolate alive until what was handed to waitUntil has settled; this process lives on anyway.
globalThis.EdgeRuntime = {
  waitUntil(promise) {
    const settled = Promise.resolve(promise)
      .catch((error) => console.error('EdgeRuntime.waitUntil:', error))
      .finally(() => pending.delete(settled));
    pending.add(settled);
    return promise;
  },
};

// Hosted logs what nobody caught and goes on.
globalThis.addEventListener('unhandledrejection', (event) => {
  event.preventDefault();
  console.error('Unhandled rejection:', event.reason);
});

// A stack that ends lets background work finish, within its grace period.
Deno.addSignalListener('SIGTERM', async () => {
  await Promise.allSettled([...pending]);
  Deno.exit(0);
});

const module = await import(Deno.args[0]);
if (typeof module.default?.fetch === 'function') {
  Deno.serve((request, info) => module.default.fetch(request, info));
}
