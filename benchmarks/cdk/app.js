// The same resources in AWS CDK: node app.js RESOURCES OUTPUT
//
// RESOURCES is JSON: for each job what the component's program registers, so that nothing is left to compute. The
// constructs are CDK's cheapest, one for each resource (L1), and what CDK adds by itself is left out: its own metadata,
// and the tree of constructs as a file.
"use strict";
const fs = require("node:fs");
const { App, Stack } = require("aws-cdk-lib");
const iam = require("aws-cdk-lib/aws-iam");
const assets = require("aws-cdk-lib/aws-s3-assets");
const scheduler = require("aws-cdk-lib/aws-scheduler");
const sqs = require("aws-cdk-lib/aws-sqs");

const [resources, outdir] = process.argv.slice(2);
const app = new App({ outdir, treeMetadata: false, analyticsReporting: false });
const stack = new Stack(app, "training", { env: { account: "123456789012", region: "us-east-1" } });
const listed = (tags) => Object.entries(tags ?? {}).map(([key, value]) => ({ key, value }));

const kinds = {
    "aws:scheduler/scheduleGroup:ScheduleGroup": (name, { tags, ...own }) =>
        new scheduler.CfnScheduleGroup(stack, name, { ...own, tags: listed(tags) }),
    "aws:sqs/queue:Queue": (name, own) =>
        new sqs.CfnQueue(stack, name, {
            queueName: own.name,
            messageRetentionPeriod: own.messageRetentionSeconds,
            sqsManagedSseEnabled: own.sqsManagedSseEnabled,
            tags: listed(own.tags),
        }),
    "aws:s3/bucketObjectv2:BucketObjectv2": (name, own) => new assets.Asset(stack, name, { path: own.source }),
    "aws:iam/role:Role": (name, own) =>
        new iam.CfnRole(stack, name, {
            roleName: own.name,
            description: own.description,
            assumeRolePolicyDocument: JSON.parse(own.assumeRolePolicy),
            tags: listed(own.tags),
        }),
    "aws:iam/rolePolicy:RolePolicy": (name, own) =>
        new iam.CfnRolePolicy(stack, name, {
            policyName: own.name,
            roleName: own.role,
            policyDocument: JSON.parse(own.policy),
        }),
    "aws:scheduler/schedule:Schedule": (name, own) => new scheduler.CfnSchedule(stack, name, own),
};

for (const job of JSON.parse(fs.readFileSync(resources, "utf8"))) {
    const made = job.map(({ type, name, inputs }) => [type, kinds[type](name, inputs)]);
    const of = (kind) => made.filter(([type]) => type.includes(kind)).map(([, construct]) => construct);
    of("rolePolicy:").forEach((policy, place) => policy.addResourceDependency(of("role:")[place]));
    for (const needed of [...of("scheduleGroup:"), ...of("queue:"), ...of("rolePolicy:")]) {
        of("schedule:")[0].addResourceDependency(needed);
    }
}
app.synth();
