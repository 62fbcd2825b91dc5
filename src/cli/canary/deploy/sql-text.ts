/** A text as an SQL literal. */
export function sqlText(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** Texts as an SQL array. */
export function sqlTexts(values: readonly string[]): string {
  return `array[${values.map(sqlText).join(', ')}]::text[]`;
}

/** A value as an SQL literal of type jsonb. */
export function sqlJson(value: unknown): string {
  return `${sqlText(JSON.stringify(value))}::jsonb`;
}
