// What the other scripts decide without a page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { laneTotal, readCounts, totalOf } from "../../static/js/board/counts.js";
import { readPosition } from "../../static/js/map/pick.js";
import { group } from "../../static/js/map/points.js";
import { sentence } from "../../static/js/ubicado/photos.js";
import { isBetter } from "../../static/js/ubicado/position.js";

test("the counts of a board are added up by column and by lane", () => {
  const counts = readCounts("pendiente-7:3 pendiente-8:1 enviado-7:0 enviado-17:5");
  assert.equal(counts.get("pendiente-7"), 3);
  assert.deepEqual([totalOf(counts, "pendiente"), totalOf(counts, "enviado"), totalOf(counts, "otro")], [4, 5, 0]);
  assert.deepEqual([laneTotal(counts, "7"), laneTotal(counts, "17"), laneTotal(counts, "9")], [3, 5, 0]);
  assert.equal(readCounts("").size, 0);
});

test("a position is read with a point or a comma, and only when it is one", () => {
  assert.deepEqual(readPosition("-33,45", " -70.66 "), [-33.45, -70.66]);
  assert.deepEqual(readPosition("0", "0"), [0, 0]);
  for (const [lat, lon] of [["", "-70"], ["-33", " "], ["91", "0"], ["0", "-181"], ["norte", "0"]]) {
    assert.equal(readPosition(lat, lon), null);
  }
});

test("a better position replaces the known one, and so does one that is much newer", () => {
  const known = { accuracy: 20, at: 100_000 };
  assert.equal(isBetter({ accuracy: 500, at: 0 }, null), true);
  assert.equal(isBetter({ accuracy: 20, at: 101_000 }, known), true);
  assert.equal(isBetter({ accuracy: 21, at: 129_999 }, known), false);
  assert.equal(isBetter({ accuracy: 21, at: 130_000 }, known), true);
});

test("photos are told in the order in which somebody can do something about them", () => {
  assert.equal(sentence({ sending: 2, lost: 1, refused: 1 }), "Subiendo 2 fotos…");
  assert.match(sentence({ sending: 0, lost: 2, refused: 1 }), /^1 foto no se puede enviar/);
  assert.match(sentence({ sending: 0, lost: 2, refused: 0 }), /^2 fotos sin enviar/);
  assert.equal(sentence({ sending: 0, lost: 0, refused: 0 }), "");
});

test("places closer than a mark is wide share one", () => {
  const point = ([x, y]) => ({ x, y, distanceTo: (other) => Math.hypot(other.x - x, other.y - y) });
  const flat = { project: point }; // a map without a projection: degrees are pixels
  const [here, near, far] = [{ lat: 0, lon: 0 }, { lat: 20, lon: 20 }, { lat: 40, lon: 0 }];
  assert.deepEqual(group(flat, [here, near, far]), [[here, near], [far]]);
});
