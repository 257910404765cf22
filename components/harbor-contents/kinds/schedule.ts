import { demand } from "../client";
import { type Kind, type Settings } from "../kind";

/** Work of the whole of Harbor at fixed times. There is one of each. */
export interface ScheduleSettings {
  /** `gc`: layers that nothing needs are deleted; `scanAll`: all images are scanned. */
  work: "gc" | "scanAll";
  /** Six fields as cron has them, with seconds in front. */
  schedule: string;
  /** For `gc`: whether images without a tag go too. */
  untagged: boolean;
}

const path = ({ work }: Settings) => `/system/${work}/schedule`;

const body = (settings: Settings, type: string, cron: string) => ({
  schedule: { type, cron },
  ...(settings.work === "gc" ? { parameters: { delete_untagged: settings.untagged, workers: 1 } } : {}),
});

export const schedule: Kind = {
  fixed: ["work"],

  /** PUT makes it as well. */
  async create(connection, settings) {
    await schedule.update(connection, settings.work, settings, settings);
    return { id: settings.work };
  },

  async read(connection, _id, known) {
    const { body: told } = await demand(connection, { method: "GET", path: path(known) });
    if (!told?.schedule?.cron || told.schedule.type === "None") return undefined;
    const parameters = told.job_parameters ? JSON.parse(told.job_parameters) : {};
    return {
      work: known.work,
      schedule: told.schedule.cron,
      untagged: known.work === "gc" ? Boolean(parameters.delete_untagged) : known.untagged,
    };
  },

  async update(connection, _id, settings) {
    await demand(connection, {
      method: "PUT",
      path: path(settings),
      body: body(settings, "Custom", settings.schedule),
    });
  },

  async remove(connection, _id, settings) {
    await demand(connection, { method: "PUT", path: path(settings), body: body(settings, "None", "") });
  },
};
