/** What literals mean as integers: digits in, values or a problem out. Checker and lowering share it. */
import { parseDid } from '../../vm/index.ts';
import type { Expr } from '../syntax/ast.ts';

export const INT_MAX = 2n ** 63n - 1n;
export const INT_MIN = -(2n ** 63n);

/** More decimals would leave no room for whole units in 64 bits beside the ledger's limits. */
export const DECIMALS_MAX = 15;

export type Literal =
  | { readonly ok: true; readonly value: bigint }
  | { readonly ok: false; readonly problem: LiteralProblem };
export type LiteralProblem = 'decimals' | 'time';

/** Parts per million have four decimals as a percentage. */
const PERCENT_DECIMALS = 4;

const SECONDS = { s: 1n, m: 60n, h: 3600n, d: 86_400n, w: 604_800n } as const;

/** Digits beyond this many are out of every range; reading them all would only take time. */
const DIGITS_MAX = 40;
const TOO_LARGE = 10n ** BigInt(DIGITS_MAX);

/** So few digits are a number as they stand, unless something else stands between them. */
const SHORT_DIGITS = 15;

/** The number that the digits at the start of `digits` make. */
export function intValue(digits: string): bigint {
  const plainly = digits.length <= SHORT_DIGITS ? Number(digits) : Number.NaN;
  if (Number.isSafeInteger(plainly)) return BigInt(plainly);
  const [plain = ''] = /^[0-9]*/.exec(digits.replaceAll('_', '').replace(/^0+/, '')) ?? [];
  return plain.length > DIGITS_MAX ? TOO_LARGE : BigInt(plain);
}

/** `2.50` with two decimals is 250. A currency that claims more than there can be is reported where it stands. */
export function decimalValue(digits: string, decimals: number): Literal {
  const [whole = '0', fraction = ''] = digits.replaceAll('_', '').split('.');
  if (fraction.length > decimals) return { ok: false, problem: 'decimals' };
  return { ok: true, value: intValue(whole + fraction.padEnd(Math.min(decimals, DIGITS_MAX), '0')) };
}

/** `12.5` of `12.5%`, in parts per million. */
export function percentValue(digits: string): Literal {
  return decimalValue(digits, PERCENT_DECIMALS);
}

/** The bytes of `0x…`; null when a digit has no twin. */
export function bytesOfHex(digits: string): Uint8Array | null {
  const plain = digits.replaceAll('_', '');
  if (plain.length % 2 !== 0) return null;
  return Uint8Array.from({ length: plain.length / 2 }, (_, at) =>
    Number.parseInt(plain.slice(2 * at, 2 * at + 2), 16),
  );
}

export function durationValue(expr: Extract<Expr, { readonly kind: 'duration' }>): bigint {
  return intValue(expr.digits) * SECONDS[expr.unit];
}

/** A DID that an account can have; the empty one is nobody's, and what is not set holds it. */
export function isDidLiteral(text: string): boolean {
  return text === '' || parseDid(text) !== null;
}

const TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d))?Z$/;
const DAYS_BEFORE_1970 = 719_468n;

/** `2026-01-31T12:00Z` in seconds since 1970. */
export function timeValue(text: string): Literal {
  const parts = TIME.exec(text)
    ?.slice(1)
    .map((part) => Number(part ?? 0));
  if (parts === undefined) return { ok: false, problem: 'time' };
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
  const exists = month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
  if (!exists || hour > 23 || minute > 59 || second > 59) return { ok: false, problem: 'time' };
  return {
    ok: true,
    value: daysSince1970(year, month, day) * SECONDS.d + BigInt(hour * 3600 + minute * 60 + second),
  };
}

/** How many days the month of a text that begins as a date has; null where there is no such month. */
export function daysOfMonthIn(text: string): number | null {
  const parts = /^(\d{4})-(\d\d)-\d\d(?!\d)/.exec(text);
  if (parts === null || Number(parts[2]) < 1 || Number(parts[2]) > 12) return null;
  return daysInMonth(Number(parts[1]), Number(parts[2]));
}

function daysInMonth(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Howard Hinnant's `days_from_civil`, for years from 0 on. */
function daysSince1970(year: number, month: number, day: number): bigint {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return BigInt(era * 146_097 + dayOfEra) - DAYS_BEFORE_1970;
}
