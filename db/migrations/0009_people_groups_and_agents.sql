CREATE TABLE "invitations" (
	"workspace_id" text NOT NULL,
	"invitation_id" text NOT NULL,
	"group_id" uuid NOT NULL,
	"role" text NOT NULL,
	"hash" text NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"accepted_by" text,
	"accepted_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "invitations_pkey" PRIMARY KEY("workspace_id","invitation_id"),
	CONSTRAINT "invitations_role" CHECK (role in ('admin', 'member')),
	CONSTRAINT "invitations_hash" CHECK (hash ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "invitations_ended" CHECK ((accepted_by is null) = (accepted_at is null) and (accepted_at is null or revoked_at is null))
);
--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "on_behalf_of" text;--> statement-breakpoint
ALTER TABLE "principals" ADD COLUMN "description" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "principals" ADD COLUMN "accountable_id" text;--> statement-breakpoint
ALTER TABLE "principals" ADD COLUMN "suspended_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "principals" ADD COLUMN "deleted_at" timestamp (3) with time zone;--> statement-breakpoint
-- The person who made an agent profile answers for it.
UPDATE "principals" p SET "accountable_id" = e."actor_id" FROM "events" e
  WHERE p."kind" = 'agent_profile' AND e."workspace_id" = p."workspace_id" AND e."type" = 'agent_profile.created' AND e."data" ->> 'principal_id' = p."principal_id";--> statement-breakpoint
ALTER TABLE "checkpoints" ADD COLUMN "completed_for" text;--> statement-breakpoint
ALTER TABLE "checkpoints" ADD COLUMN "claimed_for" text;--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_group_fk" FOREIGN KEY ("workspace_id","group_id") REFERENCES "public"."groups"("workspace_id","group_id") ON DELETE no action ON UPDATE no action DEFERRABLE INITIALLY DEFERRED;--> statement-breakpoint
CREATE UNIQUE INDEX "invitations_hash_key" ON "invitations" USING btree ("hash");--> statement-breakpoint
CREATE INDEX "invitations_group" ON "invitations" USING btree ("group_id","created_at","workspace_id");--> statement-breakpoint
ALTER TABLE "principals" ADD CONSTRAINT "principals_accountable_fk" FOREIGN KEY ("workspace_id","accountable_id") REFERENCES "public"."principals"("workspace_id","principal_id") ON DELETE no action ON UPDATE no action DEFERRABLE INITIALLY DEFERRED;--> statement-breakpoint
ALTER TABLE "principals" ADD CONSTRAINT "principals_agent" CHECK (case kind when 'user' then num_nonnulls(accountable_id, suspended_at, deleted_at) = 0 else accountable_id is not null end);--> statement-breakpoint
ALTER TABLE "principals" ADD CONSTRAINT "principals_description" CHECK (length(description) <= 8192);