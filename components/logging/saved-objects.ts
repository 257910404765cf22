// What Kibana shows of itself: a view of the data, a search, and a dashboard. Pure.

const view = "farmstack-logs";

interface SavedObject {
  id: string;
  type: string;
  attributes: Record<string, unknown>;
  references: { id: string; name: string; type: string }[];
  /** Kibana brings an object of an older version up to its own. */
  typeMigrationVersion?: string;
}

const dataView: SavedObject = {
  id: view,
  type: "index-pattern",
  attributes: { title: "logs-*", name: "Logs", timeFieldName: "@timestamp" },
  references: [],
  typeMigrationVersion: "8.0.0",
};

const searchSource = (name: string) => ({
  searchSourceJSON: JSON.stringify({
    query: { language: "kuery", query: "" },
    filter: [],
    indexRefName: name,
  }),
});
const viewReference = (name: string) => ({ id: view, name, type: "index-pattern" });
const viewName = "kibanaSavedObjectMeta.searchSourceJSON.index";

/** A table of single lines. */
const search = (id: string, title: string, columns: string[], query = ""): SavedObject => ({
  id,
  type: "search",
  attributes: {
    title,
    columns,
    sort: [["@timestamp", "desc"]],
    kibanaSavedObjectMeta: {
      searchSourceJSON: JSON.stringify({
        query: { language: "kuery", query },
        filter: [],
        indexRefName: viewName,
      }),
    },
  },
  references: [viewReference(viewName)],
  typeMigrationVersion: "8.0.0",
});

interface Column {
  title: string;
  field: string;
}

/** Rows by what they have in common, the most frequent first. */
const table = (id: string, title: string, rows: Column[], metrics: object[]): SavedObject => ({
  id,
  type: "visualization",
  attributes: {
    title,
    uiStateJSON: "{}",
    kibanaSavedObjectMeta: searchSource(viewName),
    visState: JSON.stringify({
      title,
      type: "table",
      params: { perPage: 15, showTotal: false },
      aggs: [
        ...metrics,
        ...rows.map(({ title: customLabel, field }, index) => ({
          id: `row-${index}`,
          enabled: true,
          type: "terms",
          schema: "bucket",
          params: { field, size: 50, orderBy: "_key", order: "asc", missingBucket: true, customLabel },
        })),
      ],
    }),
  },
  references: [viewReference(viewName)],
  typeMigrationVersion: "8.0.0",
});

const count = {
  id: "count",
  enabled: true,
  type: "count",
  schema: "metric",
  params: { customLabel: "lines" },
};
const duration = (type: "avg" | "max", customLabel: string) => ({
  id: type,
  enabled: true,
  type,
  schema: "metric",
  params: { field: "event.duration", customLabel },
});

const whoServed = table(
  "farmstack-who-served",
  "Which host and container served what, how long",
  [
    { title: "service", field: "service.name" },
    { title: "host", field: "host.name" },
    { title: "container", field: "container.name" },
    { title: "path", field: "url.path" },
  ],
  [count, duration("avg", "mean duration, ns"), duration("max", "longest, ns")],
);

const volume = table(
  "farmstack-lines-by-host",
  "Lines by host and service",
  [
    { title: "host", field: "host.name" },
    { title: "service", field: "service.name" },
  ],
  [count],
);

const lines = search("farmstack-lines", "All lines", [
  "host.name",
  "service.name",
  "container.name",
  "kubernetes.pod.name",
  "message",
]);

/** Side by side on a grid of 48 columns. */
const panels = [
  { object: whoServed, gridData: { x: 0, y: 0, w: 32, h: 18 } },
  { object: volume, gridData: { x: 32, y: 0, w: 16, h: 18 } },
  { object: lines, gridData: { x: 0, y: 18, w: 48, h: 20 } },
];

const dashboard: SavedObject = {
  id: "farmstack-services",
  type: "dashboard",
  attributes: {
    title: "Services",
    description: "Which host and container served what, and how long it took",
    timeRestore: true,
    timeFrom: "now-24h",
    timeTo: "now",
    optionsJSON: JSON.stringify({ useMargins: true, hidePanelTitles: false }),
    panelsJSON: JSON.stringify(
      panels.map(({ object, gridData }, index) => ({
        type: object.type,
        panelIndex: `${index}`,
        gridData: { ...gridData, i: `${index}` },
        embeddableConfig: {},
        panelRefName: `panel_${index}`,
      })),
    ),
    kibanaSavedObjectMeta: {
      searchSourceJSON: JSON.stringify({ query: { language: "kuery", query: "" }, filter: [] }),
    },
  },
  references: panels.map(({ object: { id, type } }, index) => ({
    id,
    type,
    name: `${index}:panel_${index}`,
  })),
  typeMigrationVersion: "8.0.0",
};

/** As Kibana's import takes them: one in a line, what others point at first. */
export const savedObjects: string = [dataView, lines, whoServed, volume, dashboard]
  .map((object) => `${JSON.stringify(object)}\n`)
  .join("");
