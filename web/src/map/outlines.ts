/** Lines of a map of the whole earth, which is round. */

export type Ring = readonly (readonly number[])[];

/** A line across the date line goes on beyond it; at the pole the map has an edge instead. */
export function unbroken(ring: Ring): Ring {
  let turns = 0;
  return ring.map(([longitude, latitude], index) => {
    const before = ring[index - 1];
    const isAtPole = latitude! < -89.9 || (before !== undefined && before[1]! < -89.9);
    const step = before ? longitude! - before[0]! : 0;
    if (Math.abs(step) > 180 && !isAtPole) turns -= Math.sign(step);
    return [longitude! + turns * 360, latitude!];
  });
}
