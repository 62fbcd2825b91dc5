import { parseSetting, type Setting, type SettingName } from '../contracts/settings.ts';
import type { PlumblineClient } from './client.ts';
import { unwrap } from './unwrap.ts';

/** @throws StoreError; InvalidInputError `invalid_input` when it is not what it may be */
export async function readSetting<Name extends SettingName>(
  client: PlumblineClient,
  name: Name,
): Promise<Setting<Name>> {
  const { value } = unwrap(await client.from('settings').select('value').eq('name', name).single());
  return parseSetting(name, value);
}
