import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  errorCatalogue,
  reservedCodes,
  retCodeOf,
  UNKNOWN_ACTION,
} from '../../adapters/wire/error-catalogue.ts';
import { LANGUAGES } from '../../adapters/wire/language.ts';
import { REASONS, type Reason } from '../../src/errors.ts';

/** reason, ret_code, code, HTTP status: as documented for callers of either protocol. */
const ROWS: readonly (readonly [Reason, number | null, number, number])[] = [
  ['internal', 5000, 10000, 500],
  ['unavailable', 5100, 10000, 503],
  ['invalid_parameter', 1100, 10001, 200],
  ['malformed_request', 1100, 10008, 200],
  ['unauthenticated', 1200, 10002, 401],
  ['request_expired', 1300, 10002, 401],
  ['permission_denied', 1400, 10010, 200],
  ['job_not_found', 2100, 13001, 200],
  ['resource_not_found', 2100, 10009, 200],
  ['unsupported_query_by', 1100, 13002, 200],
  ['invalid_page', 1100, 10010, 200],
  ['invalid_per_page', 1100, 10011, 200],
  ['invalid_sort', 1100, 10013, 200],
  ['invalid_order', 1100, 10014, 200],
  ['operation_not_allowed', 1400, 10015, 200],
  ['version_conflict', 2110, 10016, 200],
  ['idempotency_conflict', 2110, 10017, 200],
  ['rate_limited', 2500, 10018, 200],
  ['user_exists', 1510, 11003, 200],
  ['user_not_found', 1610, 11004, 200],
  ['user_inactive', 1662, 11005, 200],
  ['wrong_password', 1620, 11006, 200],
  ['token_invalid', 1650, 11007, 200],
  ['user_already_active', null, 11009, 200],
  ['activation_failed', null, 11010, 200],
  ['email_not_registered', null, 11011, 200],
  ['reset_link_invalid', null, 11012, 200],
  ['passwords_differ', null, 11013, 200],
];

describe('the error catalogue', () => {
  for (const [reason, retCode, code, status] of ROWS) {
    it(`numbers ${reason}: ${retCode ?? 'no ret_code'}, ${code}, ${status}`, () => {
      const row = errorCatalogue[reason];
      assert.deepEqual([row.retCode, row.code, row.status], [retCode, code, status]);
    });
  }

  it('has a row for every reason, and no other', () => {
    assert.deepEqual(ROWS.map(([reason]) => reason).toSorted(), REASONS.toSorted());
    assert.deepEqual(Object.keys(errorCatalogue).toSorted(), REASONS.toSorted());
  });

  it('has a number of its own for an unknown action', () => assert.equal(UNKNOWN_ACTION, 1101));

  it('always has a number for the action API, and never that of success', () => {
    for (const reason of REASONS) {
      assert.ok(retCodeOf(reason) > 0);
      assert.ok(errorCatalogue[reason].code > 0);
    }
  });

  it('begins every message of the action API with a word that tools can match', () => {
    for (const reason of REASONS) assert.match(errorCatalogue[reason].word, /^[A-Z][A-Za-z]+$/);
  });

  it('keeps the numbers of other services free', () => {
    assert.deepEqual(Object.keys(reservedCodes).toSorted(), [
      '12001',
      '12002',
      '12014',
      '12015',
      '12016',
      '12018',
      '12019',
      '14001',
      '14002',
      '15***',
    ]);
    const used = REASONS.map((reason) => String(errorCatalogue[reason].code));
    for (const code of used) assert.doesNotMatch(code, /^1[245]/);
  });

  it('says everything in every language', () => {
    const texts = [
      ...Object.values(errorCatalogue).map((row) => row.message),
      ...Object.values(reservedCodes),
    ];
    for (const text of texts) {
      assert.deepEqual(Object.keys(text).toSorted(), LANGUAGES.toSorted());
      assert.match(text.en, /^[\x20-\x7e]+$/);
      assert.ok(text.zh.trim().length > 0);
    }
  });
});
