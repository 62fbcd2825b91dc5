// npm run build:pictures: draws what the documents show.
import { mkdirSync, writeFileSync } from 'node:fs';
import { eventPicture } from './event-picture.ts';

const directory = new URL('../../docs/pictures/', import.meta.url);
mkdirSync(directory, { recursive: true });
writeFileSync(new URL('intervals-around-an-announcement.svg', directory), eventPicture());
