/** More would be a bomb for the page's memory, four bytes each. */
const PIXELS_MAX = 40_000_000;

const ascii = (bytes, from, length) => String.fromCharCode(...bytes.subarray(from, from + length));

/**
 * Looks at the first bytes of what says to be a picture. Answers its type and size, or null unless it is one of those
 * whose reading is safe to leave to the browser: rasters, and of no monstrous size.
 */
export function picture(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = bytes.length >= 32 ? (png(bytes, view) ?? gif(bytes, view) ?? webp(bytes, view) ?? jpeg(view)) : null;
  return found && found.width > 0 && found.height > 0 && found.width * found.height <= PIXELS_MAX ? found : null;
}

function png(bytes, view) {
  const isOne = view.getUint32(0) === 0x89504e47 && ascii(bytes, 12, 4) === "IHDR";
  return isOne ? { type: "image/png", width: view.getUint32(16), height: view.getUint32(20) } : null;
}

function gif(bytes, view) {
  const isOne = ["GIF87a", "GIF89a"].includes(ascii(bytes, 0, 6));
  return isOne ? { type: "image/gif", width: view.getUint16(6, true), height: view.getUint16(8, true) } : null;
}

function webp(bytes, view) {
  if (ascii(bytes, 0, 4) !== "RIFF" || ascii(bytes, 8, 4) !== "WEBP") return null;
  const type = "image/webp";
  const three = (at) => view.getUint16(at, true) + (bytes[at + 2] << 16);
  switch (ascii(bytes, 12, 4)) {
    case "VP8X":
      return { type, width: three(24) + 1, height: three(27) + 1 };
    case "VP8L": {
      const bits = view.getUint32(21, true);
      return { type, width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
    }
    case "VP8 ":
      return { type, width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
    default:
      return null;
  }
}

/** Goes from segment to segment up to the one that tells the size. */
function jpeg(view) {
  if (view.getUint16(0) !== 0xffd8) return null;
  let at = 2;
  while (at + 9 < view.byteLength && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    const tellsSize = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (tellsSize) return { type: "image/jpeg", width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    at += 2 + view.getUint16(at + 2);
  }
  return null;
}
