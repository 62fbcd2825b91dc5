import { describe, expect, it } from 'vitest';
import { DEFAULT_DATA_DIRECTORY } from '../../src/cli/data-directory.ts';
import { servingNotice } from '../../src/cli/serving-notice.ts';

const stack = { url: 'http://127.0.0.1:54321', publishableKey: 'sb_publishable_x' };

describe('servingNotice', () => {
  it('names the data directory and a symbol that are the stack\u2019s own', () => {
    const notice = servingNotice(stack, { data: '/srv/my data', symbol: 'AAPL' });
    expect(notice).toContain('the data stays in /srv/my data.');
    expect(notice).toContain('/srv/my data/keys.json');
    expect(notice).toContain("npm run plumbline -- forecast AAPL --data '/srv/my data'\n");
    expect(notice).not.toMatch(/SPX|\.plumbline/);
  });

  it('leaves the option out where it is not needed', () => {
    const notice = servingNotice(stack, { data: DEFAULT_DATA_DIRECTORY, symbol: 'SPX' });
    expect(notice).toContain('the data stays in .plumbline.');
    expect(notice).toContain('npm run plumbline -- forecast SPX\n');
  });
});
