import { createServer } from "node:http";
import { type AddressInfo } from "node:net";
import { inBrowser, takePicture } from "./browser";

/** Draws an SVG in a browser, leaves a picture of it as NAME.png, and gives its texts as they came out. */
export const lookAt = (svg: string, name: string) =>
  withPage(svg, (url) =>
    inBrowser(url, async (page) => {
      await takePicture(page, name);
      return page.evaluate(textsOfPage);
    }),
  );

/** Serves a page with the drawing on loopback, for as long as `work` takes. */
async function withPage<T>(svg: string, work: (url: string) => Promise<T>): Promise<T> {
  const server = createServer((_, response) =>
    response.setHeader("content-type", "text/html; charset=utf-8").end(`<body style="margin:0">${svg}`),
  );
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.close();
  }
}

/** Runs in the page: texts as they are drawn there, by the font that the browser has. */
function textsOfPage() {
  const svg = document.querySelector("svg") as SVGSVGElement;
  const page = svg.getBoundingClientRect();
  const boxes = [...svg.querySelectorAll("rect")].slice(1).map((rect) => rect.getBoundingClientRect());
  const places = [...svg.querySelectorAll("text")].map((text) => ({
    text: text.textContent ?? "",
    at: text.getBoundingClientRect(),
  }));
  const crosses = (at: DOMRect, box: DOMRect) => {
    const apart =
      at.right <= box.left || at.left >= box.right || at.bottom <= box.top || at.top >= box.bottom;
    const inside = at.left >= box.left - 1 && at.right <= box.right + 1;
    return !apart && !inside;
  };
  return {
    texts: places.map(({ text, at }) => ({
      text,
      height: at.height,
      outside: at.right > page.right || boxes.some((box) => crosses(at, box)),
    })),
    overlaps: places.flatMap(({ text, at }, index) =>
      places
        .slice(index + 1)
        .filter(
          (other) =>
            at.left < other.at.right - 1 &&
            other.at.left < at.right - 1 &&
            at.top < other.at.bottom - 3 &&
            other.at.top < at.bottom - 3,
        )
        .map((other) => `${text} / ${other.text}`),
    ),
  };
}
