import { env } from './environment.ts';

describe('env', () => {
  it('takes an empty variable for an unset one', () => {
    process.env.BELLWETHER_TEST_EMPTY = '';
    process.env.BELLWETHER_TEST_SET = 'yes';
    expect(env('BELLWETHER_TEST_EMPTY')).toBeUndefined();
    expect(env('BELLWETHER_TEST_SET')).toBe('yes');
    expect(env('BELLWETHER_TEST_ABSENT')).toBeUndefined();
  });
});
