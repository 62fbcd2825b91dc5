/**
 * A text in which every occurrence of a secret is replaced, be it as it is, as JSON or an address writes it. Of secrets that contain
 * one another the longer one goes first, so that nothing of it is left.
 */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const forms = new Set(secrets.filter((secret) => secret !== '').flatMap(writtenForms));
  return [...forms]
    .sort((a, b) => b.length - a.length)
    .reduce((clean, form) => clean.replaceAll(form, '[key]'), text);
}

function writtenForms(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  return [secret, json, json.replaceAll('/', '\\/'), encodeURIComponent(secret)];
}
