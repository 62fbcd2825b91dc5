export * from '../series/check-bar.ts';
