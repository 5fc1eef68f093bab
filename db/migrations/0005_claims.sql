ALTER TABLE "groups" ADD COLUMN "max_failures" integer DEFAULT 3 NOT NULL;--> statement-breakpoint
ALTER TABLE "checkpoints" ADD COLUMN "claim_id" text;--> statement-breakpoint
ALTER TABLE "checkpoints" ADD COLUMN "claimed_by" text;--> statement-breakpoint
ALTER TABLE "checkpoints" ADD COLUMN "claim_session" text;--> statement-breakpoint
ALTER TABLE "checkpoints" ADD COLUMN "claim_via" text;--> statement-breakpoint
ALTER TABLE "checkpoints" ADD COLUMN "claimed_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "checkpoints" ADD COLUMN "claim_expires_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "checkpoints" ADD COLUMN "attempts" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "checkpoints" ADD COLUMN "failures" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "checkpoints" ADD COLUMN "last_failure" jsonb;--> statement-breakpoint
ALTER TABLE "checkpoints" ADD CONSTRAINT "checkpoints_claimed_by_fk" FOREIGN KEY ("workspace_id","claimed_by") REFERENCES "public"."principals"("workspace_id","principal_id") ON DELETE no action ON UPDATE no action DEFERRABLE INITIALLY DEFERRED;--> statement-breakpoint
ALTER TABLE "groups" ADD CONSTRAINT "groups_max_failures" CHECK (max_failures between 1 and 100);--> statement-breakpoint
ALTER TABLE "checkpoints" ADD CONSTRAINT "checkpoints_claim" CHECK (num_nulls(claim_id, claimed_by, claim_via, claimed_at, claim_expires_at) in (0, 5) and (claim_id is null or (completed_at is null and attempts > 0)));--> statement-breakpoint
ALTER TABLE "checkpoints" ADD CONSTRAINT "checkpoints_attempts" CHECK (failures between 0 and attempts and (failures = 0 or (last_failure is not null and completed_at is null)));