import { createSeats } from '../../../src/server/seats';

describe('seats', () => {
  it('are so many for each owner, and are had again once they are given back', () => {
    const seats = createSeats<string>(2);
    const first = seats.take('ada');
    expect(seats.take('ada')).not.toBeNull();
    expect(seats.take('ada')).toBeNull();
    expect(seats.take('bob')).not.toBeNull();
    first?.();
    expect(seats.take('ada')).not.toBeNull();
  });

  it('are given back once, however often it is said', () => {
    const seats = createSeats<string>(2);
    const first = seats.take('ada');
    seats.take('ada');
    first?.();
    first?.();
    expect(seats.take('ada')).not.toBeNull();
    expect(seats.take('ada')).toBeNull();
  });
});
