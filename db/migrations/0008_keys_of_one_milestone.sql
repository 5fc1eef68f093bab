ALTER TABLE "api_keys" ADD COLUMN "milestone_id" text;--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_milestone_in_group" CHECK (milestone_id is null or group_id is not null);