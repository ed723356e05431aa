/** Literals and near names, against what others compute. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimalValue, intValue, percentValue, timeValue } from '../../compiler/check/literal.ts';
import { editDistance, nearestName } from '../../compiler/suggest.ts';

const SEED = Number(process.env['SEED'] ?? 20_261_121);

describe(`literals (seed ${SEED})`, () => {
  test('times are seconds since 1970', () => {
    const date = fc.date({
      min: new Date('0001-01-01T00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(date, (moment) => {
        const text = moment.toISOString().replace(/\.\d+Z$/, 'Z');
        expect(timeValue(text)).toEqual({ ok: true, value: BigInt(Math.floor(moment.getTime() / 1000)) });
      }),
      { seed: SEED },
    );
  });

  test('moments that do not exist', () => {
    for (const text of [
      '2026-02-29T00:00Z',
      '2026-13-01T00:00Z',
      '2026-00-01T00:00Z',
      '2026-01-01T24:00Z',
      '2026-04-31T00:00Z',
      '1900-02-29T00:00Z',
      '2026-01-01',
    ]) {
      expect(timeValue(text)).toEqual({ ok: false, problem: 'time' });
    }
    expect(timeValue('2000-02-29T00:00Z').ok).toBe(true);
  });

  test('decimals', () => {
    expect(decimalValue('2.50', 2)).toEqual({ ok: true, value: 250n });
    expect(decimalValue('2', 2)).toEqual({ ok: true, value: 200n });
    expect(decimalValue('0.05', 2)).toEqual({ ok: true, value: 5n });
    expect(decimalValue('1_000.5', 2)).toEqual({ ok: true, value: 100_050n });
    expect(decimalValue('1.005', 2)).toEqual({ ok: false, problem: 'decimals' });
    expect(decimalValue('1.0', 0)).toEqual({ ok: false, problem: 'decimals' });
    expect(percentValue('67')).toEqual({ ok: true, value: 670_000n });
    expect(percentValue('0.0001')).toEqual({ ok: true, value: 1n });
    expect(intValue('007')).toBe(7n);
    expect(intValue('10_000')).toBe(10_000n);
  });
});

describe('near names', () => {
  test('distance', () => {
    expect(editDistance('totl', 'total')).toBe(1);
    expect(editDistance('tota', 'toat')).toBe(1);
    expect(editDistance('', 'abc')).toBe(3);
    expect(editDistance('kitten', 'sitting')).toBe(3);
  });

  test('only what can be meant', () => {
    expect(nearestName('caler', ['balance', 'caller', 'valley'])).toBe('caller');
    expect(nearestName('x', ['y', 'z'])).toBeNull();
    expect(nearestName('Amount', ['amount'])).toBe('amount');
    expect(nearestName('somethingelse', ['members'])).toBeNull();
  });
});
