import * as pulumi from "@pulumi/pulumi";
import { HarborContents, type HarborContentsArgs } from "../../../components/harbor-contents";

/** What a test changes. */
export type Asked = Omit<HarborContentsArgs, "connection">;

const config = new pulumi.Config();
const contents = new HarborContents("contents", {
  ...config.requireObject<Asked>("asked"),
  connection: {
    url: config.require("url"),
    username: "admin",
    // Not from the configuration: Pulumi writes all of that into the provider of such resources.
    password: pulumi.secret(process.env.HARBOR_PASSWORD ?? ""),
  },
});

export const robots = contents.robots;
