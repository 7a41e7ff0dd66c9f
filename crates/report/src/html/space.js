"use strict";
// The time rule and the space rule, as in the model: straight lines between points, and the map that
// pins the loudspeakers of 4+7+0 to their places in the room.
const Space = (() => {
  const CEILING = 30;
  const rad = degrees => degrees * Math.PI / 180;
  const tan = degrees => Math.tan(rad(degrees));
  const wrap = angle => {
    const wrapped = ((angle % 360) + 360) % 360;
    return wrapped > 180 ? wrapped - 360 : wrapped;
  };
  const corner = z => 30 + 15 * z;

  const pairFraction = (angle, from, to) => {
    const half = (to - from) / 2;
    const share = 0.5 + tan(angle - from - half) / (2 * tan(half));
    return Math.atan2(share, 1 - share) / (Math.PI / 2);
  };
  const pairAngle = (fraction, from, to) => {
    const half = (to - from) / 2, turn = fraction * Math.PI / 2;
    const lean = (Math.sin(turn) - Math.cos(turn)) / (Math.sin(turn) + Math.cos(turn));
    return from + half + Math.atan(lean * tan(half)) * 180 / Math.PI;
  };
  const ceilingRadius = elevation => {
    const share = 0.5 * (1 + tan(CEILING) / tan(elevation));
    return 2 * Math.atan2(share, 1 - share) / (Math.PI / 2) - 1;
  };
  const ceilingElevation = radius => {
    const turn = (radius + 1) * Math.PI / 4;
    const reach = (Math.sin(turn) - Math.cos(turn)) / (Math.sin(turn) + Math.cos(turn));
    return Math.atan2(tan(CEILING), reach) * 180 / Math.PI;
  };
  const wall = (azimuth, edge) => {
    if (azimuth <= edge) return [pairFraction(azimuth, 0, edge), 1];
    if (azimuth <= 90) return [1, 1 - pairFraction(azimuth, edge, 90)];
    if (azimuth <= 135) return [1, -pairFraction(azimuth, 90, 135)];
    return [(180 - azimuth) / 45, -1];
  };
  const fromWall = (across, front, edge) => {
    if (front >= 1) return pairAngle(across, 0, edge);
    if (across < 1) return 180 - 45 * across;
    if (front >= 0) return pairAngle(1 - front, edge, 90);
    return pairAngle(-front, 90, 135);
  };

  const toRoom = ([azimuth, elevation, distance]) => {
    const height = Math.min(Math.abs(elevation), 90);
    const onWall = height <= CEILING;
    const z = onWall ? pairFraction(height, 0, CEILING) : 1;
    const reach = onWall ? 1 : ceilingRadius(height);
    const turn = wrap(azimuth);
    const [across, front] = wall(Math.abs(turn), corner(z));
    const radius = Math.min(Math.max(distance, 0), 1);
    return [
      (turn < 0 ? 1 : -1) * across * reach * radius,
      front * reach * radius,
      (elevation < 0 ? -z : z) * radius,
    ];
  };
  const toPolar = room => {
    const radius = Math.max(...room.map(Math.abs));
    if (radius <= 0) return [0, 0, 0];
    const [x, y, z] = [room[0] / radius, room[1] / radius, Math.abs(room[2]) / radius];
    const plan = Math.max(Math.abs(x), Math.abs(y));
    const elevation = plan >= 1 ? pairAngle(z, 0, CEILING) : ceilingElevation(plan);
    const azimuth = plan > 0 ? fromWall(Math.abs(x) / plan, y / plan, corner(z)) : 0;
    return [x > 0 ? -azimuth : azimuth, room[2] < 0 ? -elevation : elevation, Math.min(radius, 1)];
  };

  // A track is written as differences in whole steps.
  const track = ([times, ...values], units) => {
    const sums = (list, unit) => {
      let sum = 0;
      return Float64Array.from(list, step => (sum += step) / unit);
    };
    return { times: sums(times, 1), values: values.map((list, i) => sums(list, units[i])) };
  };
  const valueAt = ({ times, values }, frame) => {
    let low = 0, high = times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (times[middle] <= frame) low = middle + 1; else high = middle;
    }
    if (low === 0) return values.map(list => list[0]);
    if (low === times.length) return values.map(list => list[low - 1]);
    const t = (frame - times[low - 1]) / (times[low] - times[low - 1]);
    return values.map(list => list[low - 1] + (list[low] - list[low - 1]) * t);
  };
  return { wrap, toRoom, toPolar, track, valueAt };
})();
