import { InvalidInputError } from '../errors/invalid-input-error.ts';
import { arimaGarch } from '../models/arima-garch/arima-garch.ts';
import type { Forecaster, MemberName } from '../models/forecaster.ts';
import { gradientBoosting } from '../models/gradient-boosting/gb.ts';
import { withSessionPosition } from '../models/half-session/with-session-position.ts';
import { lstm } from '../models/lstm/lstm.ts';
import { withScheduledEvents } from '../models/scheduled-events/with-scheduled-events.ts';
import { transformer } from '../models/transformer/transformer.ts';

/** A member that an ensemble can have. */
export interface RegisteredMember {
  readonly forecaster: Forecaster;
  /** Whether it is cheap enough to be refitted inside the test part of a window, every `refitEvery` bars. */
  readonly refittedInsideTest: boolean;
}

/** Members by name. */
export type MemberRegistry = Readonly<Partial<Record<MemberName, RegisteredMember>>>;

/** Members that the ensemble `baseline` alone may have: they are there to be compared with. */
export const BASELINE_MEMBERS: readonly MemberName[] = ['TRANSFORMER'];

/** What every member knows of bars: how much the halves of the session differ, and when events come. */
const knowing = (member: Forecaster) => withScheduledEvents(withSessionPosition(member));

/** The members of this version. */
export const availableMembers: MemberRegistry = {
  LSTM: { forecaster: knowing(lstm), refittedInsideTest: false },
  ARIMA_GARCH: { forecaster: knowing(arimaGarch), refittedInsideTest: true },
  // Cheap, but its CRPS is the same with refits every 21 bars as with none.
  GB: { forecaster: knowing(gradientBoosting), refittedInsideTest: false },
  TRANSFORMER: { forecaster: knowing(transformer), refittedInsideTest: false },
};

/** The member of that name. @throws InvalidInputError `member_not_available` */
export function requireMember(name: string, registry: MemberRegistry = availableMembers): RegisteredMember {
  const member = Object.hasOwn(registry, name) ? registry[name as MemberName] : undefined;
  if (member === undefined) {
    const available = Object.keys(registry);
    throw new InvalidInputError(
      'member_not_available',
      `The member ${name} is not available in this version, which has ${available.join(', ')}`,
      { member: name, available },
    );
  }
  return member;
}
