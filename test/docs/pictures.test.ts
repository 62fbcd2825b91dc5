import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { eventPicture } from '../../scripts/docs/event-picture.ts';

it('the picture of intervals around an announcement is what the code draws (npm run build:pictures)', () => {
  const path = new URL('../../docs/pictures/intervals-around-an-announcement.svg', import.meta.url);
  expect(readFileSync(path, 'utf8')).toBe(eventPicture());
});
