import { expect } from "vitest";
import { type Case, type Failing } from "./case";

export const randomCases: Case[] = [
  {
    shows: "RandomBytes: a new keeper makes others",
    class: "random.RandomBytes",
    name: "bytes",
    props: { length: 16, keepers: { generation: "1" } },
    changed: { keepers: { generation: "2" } },
    plan: "replace",
    made: {
      outputs: { hex: expect.stringMatching(/^[0-9a-f]{32}$/), base64: expect.stringMatching(/^.{22}==$/) },
      secret: ["hex", "base64"],
    },
    changedLook: { outputs: { hex: expect.stringMatching(/^[0-9a-f]{32}$/) } },
  },
  {
    shows: "RandomUuid: stays",
    class: "random.RandomUuid",
    name: "uuid",
    props: {},
    plan: "same",
    made: { outputs: { result: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) } },
  },
  {
    shows: "RandomPassword: another length makes another",
    class: "random.RandomPassword",
    name: "password",
    props: { length: 24, special: false, minUpper: 24 },
    changed: { length: 25 },
    plan: "replace",
    made: {
      outputs: {
        result: expect.stringMatching(/^[A-Z]{24}$/),
        bcryptHash: expect.stringMatching(/^\$2[ab]\$/),
      },
      secret: ["result", "bcryptHash"],
    },
    changedLook: { outputs: { result: expect.stringMatching(/^[A-Za-z0-9]{25}$/) } },
  },
  {
    shows: "RandomString: stays, and has the asked characters only",
    class: "random.RandomString",
    name: "string",
    props: { length: 40, special: true, overrideSpecial: "_", lower: false, upper: false },
    plan: "same",
    made: { outputs: { result: expect.stringMatching(/^[0-9_]{40}$/) } },
  },
];

export const randomFailing: Failing[] = [
  {
    shows: "RandomPassword: shorter than its parts",
    class: "random.RandomPassword",
    name: "short",
    props: { length: 3, minUpper: 2, minLower: 2 },
    fails: /length/,
    refused: true,
  },
];
