// Made from openapi.json by "npm run client"; not written by hand.

export interface paths {
    "/api/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Accounts */
        get: operations["accounts_api_accounts_get"];
        put?: never;
        /** Add Account */
        post: operations["add_account_api_accounts_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/accounts/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove Account
         * @description The last admin cannot be removed.
         */
        delete: operations["remove_account_api_accounts__name__delete"];
        options?: never;
        head?: never;
        /**
         * Change Account
         * @description A new password or role ends the sessions of that person. The last admin stays one.
         */
        patch: operations["change_account_api_accounts__name__patch"];
        trace?: never;
    };
    "/api/advisories": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Advisories
         * @description What people were told, newest first, with what one said of it oneself.
         */
        get: operations["advisories_api_advisories_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Alarms
         * @description The open alarms, most urgent first, then the newest.
         */
        get: operations["alarms_api_alarms_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarms/{alarm_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Alarm */
        get: operations["alarm_api_alarms__alarm_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarms/{alarm_id}/acknowledge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Acknowledge
         * @description A person has seen it and takes care.
         */
        post: operations["acknowledge_api_alarms__alarm_id__acknowledge_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarms/{alarm_id}/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Changes
         * @description The set-points that a person might propose to change because of it; those with a direction first.
         */
        get: operations["changes_api_alarms__alarm_id__changes_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarms/{alarm_id}/comment": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Comment
         * @description Something the next person should know of this alarm. The same words again within a minute are kept once.
         */
        post: operations["comment_api_alarms__alarm_id__comment_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarms/{alarm_id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * History
         * @description What happened to an alarm, and what people did and said, oldest first.
         */
        get: operations["history_api_alarms__alarm_id__history_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarms/{alarm_id}/out-of-service": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Out Of Service
         * @description Quiet for maintenance, under a work order.
         */
        post: operations["out_of_service_api_alarms__alarm_id__out_of_service_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarms/{alarm_id}/return-to-service": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Return To Service
         * @description Maintenance is over.
         */
        post: operations["return_to_service_api_alarms__alarm_id__return_to_service_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarms/{alarm_id}/shelve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Shelve
         * @description Silence it for a while, with a reason; it comes back by itself.
         */
        post: operations["shelve_api_alarms__alarm_id__shelve_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarms/{alarm_id}/unshelve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Unshelve
         * @description Take it off the shelf before its time.
         */
        post: operations["unshelve_api_alarms__alarm_id__unshelve_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarms/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Alarm Health
         * @description Rate, floods, chattering, stale and top offenders over the last hours.
         */
        get: operations["alarm_health_api_alarms_health_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/automation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Automation
         * @description Whether the stop-all switch is on.
         */
        get: operations["automation_api_automation_get"];
        put?: never;
        /**
         * Stop Automation
         * @description Stop everything automatic, which any operator may; to start it again takes an engineer.
         */
        post: operations["stop_automation_api_automation_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/chat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Chat
         * @description One turn, as server-sent events: `tool_started`, `tool_ended`, `token`, and at the end `done` or `problem`.
         *
         *     Closing the stream stops the turn; what was said so far is kept. A comment comes every ten seconds of silence. The
         *     header `Lineside-Conversation` names the conversation. A `problem` after `done` says that the answer was not kept.
         */
        post: operations["chat_api_chat_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/command-points": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Command Points
         * @description Everything that may be set, with the value in force.
         */
        get: operations["command_points_api_command_points_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/commands": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Commands
         * @description Those proposed, sent or ended in the last hours, the newest first.
         */
        get: operations["commands_api_commands_get"];
        put?: never;
        /**
         * Propose
         * @description Ask for a change. It is checked, kept whatever comes of it, and sent once nobody has to agree any more.
         */
        post: operations["propose_api_commands_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/commands-audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Audit
         * @description The audit log of commands, a page of it in order: the newest entries, those that end before the number
         *     `before`, or those that begin after the number `after`.
         */
        get: operations["audit_api_commands_audit_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/commands/{command_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Command */
        get: operations["command_api_commands__command_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/commands/{command_id}/decision": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Decide
         * @description A person's yes or no to a command that waits for one. The rules decide anew, so a yes may come too late.
         */
        post: operations["decide_api_commands__command_id__decision_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/commands/{command_id}/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Withdraw
         * @description Take one's own proposal back, as long as it has not been sent.
         */
        post: operations["withdraw_api_commands__command_id__withdraw_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/commands/automatic": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Automatic
         * @description What Lineside may do by itself, row by row as the site file declares it, and how each stands.
         */
        get: operations["automatic_api_commands_automatic_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/commands/automatic/reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reset Automatic
         * @description Let a row that has stopped act again: who may approve changes of that set-point, under a name of their own.
         */
        post: operations["reset_automatic_api_commands_automatic_reset_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/commands/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Check
         * @description What the rules would say now if the person who asks proposed this in the console; nothing is kept.
         */
        post: operations["check_api_commands_check_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/commands/what-if": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What If
         * @description What this proposal would have done to the last hour, by a model of the line; nothing is kept, nothing is sent.
         */
        post: operations["what_if_api_commands_what_if_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conversations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Conversations
         * @description One's own, newest first.
         */
        get: operations["conversations_api_conversations_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conversations/{conversation_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Conversation
         * @description One of one's own, with what one said of its answers.
         */
        get: operations["conversation_api_conversations__conversation_id__get"];
        put?: never;
        post?: never;
        /** Delete Conversation */
        delete: operations["delete_conversation_api_conversations__conversation_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/documents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Documents
         * @description The library: what is in force, what is not, and what cannot be read; none where there is no library.
         */
        get: operations["documents_api_documents_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/documents/{document_id}/file": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Document File
         * @description The document as it is kept. It is shown, and nothing in it runs.
         */
        get: operations["document_file_api_documents__document_id__file_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/documents/{document_id}/pages/{page}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Document Page
         * @description A page as a picture (PNG).
         */
        get: operations["document_page_api_documents__document_id__pages__page__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/documents/{document_id}/text": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Document Text
         * @description The text of a document that has no pages.
         */
        get: operations["document_text_api_documents__document_id__text_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/feedback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Feedback
         * @description What people said, newest first.
         */
        get: operations["feedback_api_feedback_get"];
        /**
         * Give Feedback
         * @description A verdict on an answer of one's own or on an advisory; a second one replaces the first.
         *
         *     What the second one leaves out stays as it was; the reason and the correction do so while the thumb does.
         */
        put: operations["give_feedback_api_feedback_put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/inspections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Inspections
         * @description The newest images of a time, the newest first: of a line, a machine or all, with one of these verdicts or any.
         *     A person's verdict counts before the inspector's.
         */
        get: operations["inspections_api_inspections_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/inspections/{image_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Inspection */
        get: operations["inspection_api_inspections__image_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/inspections/{image_id}/image": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Image
         * @description The image itself: its pixels, without place, time, comments and whatever else a camera wrote into it.
         */
        get: operations["image_api_inspections__image_id__image_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/inspections/{image_id}/review": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Review
         * @description A person's verdict. It counts before the inspector's, and becomes an example; said twice it is one.
         *
         *     Who looked at it before somebody else said otherwise gets a 409, and looks again.
         */
        post: operations["review_api_inspections__image_id__review_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/inspections/{machine}/images": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Receive
         * @description Send an image of a machine's product: PNG or JPEG, by its bytes. Once this answers, the image is kept, and it
         *     is inspected soon. The same image sent twice is one inspection.
         *
         *     A machine is meant by its id, its thing or in any letter case.
         */
        post: operations["receive_api_inspections__machine__images_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/inspections/accuracy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Accuracy
         * @description Precision and recall by class, week by week, the newest first, with the images that were wrong.
         */
        get: operations["accuracy_api_inspections_accuracy_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/inspections/cameras": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Cameras
         * @description The machines whose product is looked at, how sure an inspector must be of it, and how images are sent.
         */
        get: operations["cameras_api_inspections_cameras_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/inspections/queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Queue
         * @description What waits for a person, the oldest first.
         */
        get: operations["queue_api_inspections_queue_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/inspections/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask For Upload
         * @description A form for exactly one image of a machine's product. What was posted by it is kept and inspected soon after.
         *
         *     A machine is meant by its id, its thing or in any letter case. 409 where images are sent to the application itself.
         */
        post: operations["ask_for_upload_api_inspections_uploads_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/lines": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lines */
        get: operations["lines_api_lines_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/lines/{line}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Line Now
         * @description The line as it stands; as NGSI-LD entities when `Accept: application/ld+json` asks for them.
         *
         *     The ETag stays the same while nothing but the clock moves, so that a console may poll cheaply.
         */
        get: operations["line_now_api_lines__line__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/lines/{line}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Line Events
         * @description The line as it stands (event `line`), again whenever it has changed, at most once a second.
         *
         *     A comment comes every ten seconds of silence; the stream ends with the process. Only where a stream costs nothing.
         */
        get: operations["line_events_api_lines__line__events_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/lines/{line}/handover": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Handover
         * @description What the next shift must know; the last 8 hours unless said otherwise, or one shift of the site's.
         */
        get: operations["handover_api_lines__line__handover_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/lines/{line}/losses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Losses
         * @description States of every machine and the loss tree; the last 24 hours unless said otherwise.
         */
        get: operations["losses_api_lines__line__losses_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/lines/{line}/machines": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Machines
         * @description Every machine of the line as it stands.
         */
        get: operations["machines_api_lines__line__machines_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/lines/{line}/machines/{machine}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Machine
         * @description One machine as it stands, by its id, its thing or in any letter case.
         */
        get: operations["machine_api_lines__line__machines__machine__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/lines/{line}/machines/{machine}/telemetry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Telemetry
         * @description Values over a window: the last 30 minutes unless said otherwise, 31 days at most.
         *
         *     A machine is meant by its id, its thing or in any letter case; an attribute by its name or its label.
         */
        get: operations["telemetry_api_lines__line__machines__machine__telemetry_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Models
         * @description The models of the configuration and whether they answer; none where there is no assistant.
         */
        get: operations["models_api_models_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/quarantine": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Quarantine
         * @description Messages that could not be read, with the reason.
         */
        get: operations["quarantine_api_quarantine_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/quarantine/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replay Quarantine
         * @description Try all of them again, after a site file or a device was mended.
         */
        post: operations["replay_quarantine_api_quarantine_replay_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/releases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Releases
         * @description Every release, and which one answers.
         */
        get: operations["releases_api_releases_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/releases-rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Roll Back
         * @description End the canary, or make the previous release live again. Within half a minute nobody asks the other one.
         */
        post: operations["roll_back_api_releases_rollback_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/releases/{release_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Release */
        get: operations["release_api_releases__release_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/releases/{release_id}/decision": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Decide
         * @description Approve a release that waits for a person, or refuse it.
         */
        post: operations["decide_api_releases__release_id__decision_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/releases/{release_id}/promote": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Promote
         * @description Let an approved release answer: everybody, or a share of the conversations.
         */
        post: operations["promote_api_releases__release_id__promote_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/releases/{release_id}/report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Report
         * @description The evaluation's report, as a page.
         */
        get: operations["report_api_releases__release_id__report_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/reviews": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Reviews
         * @description Verdicts with what they were about, the newest first.
         */
        get: operations["reviews_api_reviews_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/reviews/{feedback_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Review
         * @description Accept a verdict, with the words that may be trained on, or reject it.
         */
        post: operations["review_api_reviews__feedback_id__post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Session
         * @description Who is signed in.
         */
        get: operations["session_api_session_get"];
        put?: never;
        /**
         * Sign In
         * @description Sign in with a name and a password; the answer sets the session's cookie.
         */
        post: operations["sign_in_api_session_post"];
        /**
         * Sign Out
         * @description End this session. A token, of a program or of an identity provider, is not ended by it.
         */
        delete: operations["sign_out_api_session_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How To Sign In
         * @description How people sign in here; open to everybody.
         */
        get: operations["how_to_sign_in_api_sign_in_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sites": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sites
         * @description The sites that the person may see; this application serves one.
         */
        get: operations["sites_api_sites_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/suggestions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Suggestions
         * @description Questions that fit the alarm, or the line; none where there is no assistant.
         */
        get: operations["suggestions_api_suggestions_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/voice": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Voice
         * @description What there is of voice here. Where this runtime hears nothing, the browser still speaks.
         */
        get: operations["voice_api_voice_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/voice/speech": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Speech
         * @description The text, spoken (MP3).
         */
        post: operations["speech_api_voice_speech_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/voice/transcribe-address": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Transcribe Address
         * @description Where the browser may stream speech to, for five minutes.
         */
        post: operations["transcribe_address_api_voice_transcribe_address_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/voice/transcript": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Transcript
         * @description Recorded speech (at most 30 s, webm, mp4, ogg or wav) to text, by the plant's speech-to-text server.
         */
        post: operations["transcript_api_voice_transcript_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Health
         * @description Whether everything works; open to everybody. 503 while something does not.
         *
         *     Where strangers reach this address, what the trouble is and the counters are for people who have signed in.
         */
        get: operations["health_health_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ngsi-ld/v1/entities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Query Entities
         * @description The entities that satisfy everything that is asked, in a stable order.
         */
        get: operations["query_entities_ngsi_ld_v1_entities_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ngsi-ld/v1/entities/{entity_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Retrieve Entity
         * @description One entity.
         */
        get: operations["retrieve_entity_ngsi_ld_v1_entities__entity_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ngsi-ld/v1/types": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Types
         * @description The types of which there are entities now; with `details` each with the names of its attributes.
         */
        get: operations["types_ngsi_ld_v1_types_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** AccountView */
        AccountView: {
            /** Created At */
            created_at: string;
            /**
             * Language
             * @enum {string}
             */
            language: "en" | "de" | "zh";
            /** Last Signed In At */
            last_signed_in_at: string | null;
            /** Name */
            name: string;
            /**
             * Role
             * @enum {string}
             */
            role: "viewer" | "operator" | "engineer" | "admin";
            /** Sites */
            sites: string[];
        };
        /**
         * AdvisoryView
         * @description What people were told, with everything that it rests on.
         */
        AdvisoryView: {
            /** Advisory Id */
            advisory_id: string;
            /** Alarm Id */
            alarm_id: string;
            /** Check First */
            check_first: string[];
            /** Compliance */
            compliance: string[];
            /** Composed By */
            composed_by: string;
            /** Device */
            device: string;
            /** Drafted At */
            drafted_at: string;
            /** Evidence */
            evidence: components["schemas"]["EvidenceView"][];
            /** Headline */
            headline: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "stop" | "slow" | "limit" | "drift" | "frozen" | "silent" | "reject_rate";
            /** Line */
            line: string;
            /** Lost Seconds */
            lost_seconds: number;
            /**
             * Resolution
             * @default
             * @enum {string}
             */
            resolution: "" | "fixed" | "partly" | "not_fixed";
            /**
             * Severity
             * @enum {string}
             */
            severity: "critical" | "high" | "medium" | "low";
            /** Since */
            since: string;
            /** Site */
            site: string;
            /** Steps */
            steps: components["schemas"]["StepView"][];
            /**
             * Verdict
             * @default
             * @enum {string}
             */
            verdict: "" | "up" | "down";
            /** Victims */
            victims: components["schemas"]["VictimView"][];
            /** What Happened */
            what_happened: string;
            /**
             * Why Not
             * @default []
             */
            why_not: string[];
        };
        /**
         * AlarmEventView
         * @description Something that happened to an alarm: raised, acknowledged, shelved, a comment, ...
         */
        AlarmEventView: {
            /** At */
            at: string;
            /** By */
            by: string;
            /** Note */
            note: string;
            /**
             * What
             * @enum {string}
             */
            what: "raised" | "told" | "acknowledged" | "shelved" | "unshelved" | "out_of_service" | "returned_to_service" | "comment" | "cleared";
        };
        /**
         * AlarmHealthView
         * @description The alarm system itself, after ISA-18.2; `unhealthy` has a sentence for every target that is missed.
         */
        AlarmHealthView: {
            /** Alarms */
            alarms: number;
            /** Chattering */
            chattering: string[];
            /** Flood Share */
            flood_share: number;
            /** Floods */
            floods: number;
            /** Messages */
            messages: number;
            /** Most In Ten Minutes */
            most_in_ten_minutes: number;
            /** Out Of Service */
            out_of_service: string[];
            /** Per Hour */
            per_hour: number;
            /** Priority Mix */
            priority_mix: {
                [key: string]: number;
            };
            /** Shelved */
            shelved: string[];
            /** Since */
            since: string;
            /** Stale */
            stale: string[];
            /** Suppressed */
            suppressed: number;
            /** Top Offenders */
            top_offenders: components["schemas"]["OffenderView"][];
            /** Unhealthy */
            unhealthy: string[];
            /** Until */
            until: string;
        };
        /**
         * AlarmView
         * @description One alarm for one cause; `cause` differs from `device` where this one is a consequence.
         */
        AlarmView: {
            /** Acknowledged At */
            acknowledged_at: string | null;
            /** Acknowledged By */
            acknowledged_by: string;
            /** Active */
            active: boolean;
            /** Advisory Id */
            advisory_id: string;
            /** Alarm Id */
            alarm_id: string;
            /** Attribute */
            attribute: string;
            /** Cause */
            cause: string;
            /** Cleared At */
            cleared_at: string | null;
            /** Consequence */
            consequence: string;
            /** Device */
            device: string;
            /** Evidence */
            evidence: components["schemas"]["EvidenceView"][];
            /**
             * Kind
             * @enum {string}
             */
            kind: "stop" | "slow" | "limit" | "drift" | "frozen" | "silent" | "reject_rate";
            /** Line */
            line: string;
            /** Lost Seconds */
            lost_seconds: number;
            /** Occurrences */
            occurrences: number;
            /** Onset */
            onset: string;
            /** Operator Action */
            operator_action: string;
            overlay: components["schemas"]["OverlayView"] | null;
            /** Priority */
            priority: number;
            /** Raised At */
            raised_at: string;
            /**
             * Severity
             * @enum {string}
             */
            severity: "critical" | "high" | "medium" | "low";
            /** Site */
            site: string;
            /**
             * State
             * @enum {string}
             */
            state: "normal" | "unacknowledged" | "acknowledged" | "rtn_unacknowledged";
            /** Time To Respond Minutes */
            time_to_respond_minutes: number;
            /** Victims */
            victims: components["schemas"]["VictimView"][];
        };
        /**
         * AnswerView
         * @description Event `done`, and one answer of a conversation. The text here replaces what was streamed.
         *
         *     `model` wrote it (`offline` without any model server). `replaced` says in a sentence why the model's words were
         *     withheld and the evidence was composed instead; empty when they stand. `known` is false for "I don't know".
         */
        AnswerView: {
            /** Answer Id */
            answer_id: string;
            /** Answered At */
            answered_at: string;
            /** Asked At */
            asked_at: string;
            /**
             * Choices
             * @default []
             */
            choices: string[];
            /** Citations */
            citations: components["schemas"]["CitationView"][];
            /** Conversation Id */
            conversation_id: string;
            /** Facts */
            facts: components["schemas"]["FactView"][];
            /** Known */
            known: boolean;
            /** Model */
            model: string;
            /** @default null */
            proposal: components["schemas"]["ProposalView"] | null;
            /** Question */
            question: string;
            /**
             * Release Id
             * @default
             */
            release_id: string;
            /** Replaced */
            replaced: string;
            /** Router */
            router: string;
            /** Stopped */
            stopped: boolean;
            /** Text */
            text: string;
            /** Tools */
            tools: components["schemas"]["ToolView"][];
            /**
             * Verdict
             * @default
             * @enum {string}
             */
            verdict: "" | "up" | "down";
        };
        /**
         * Ask
         * @description One question. `alarm_id` and `line` say what the person is looking at.
         */
        Ask: {
            /**
             * Alarm Id
             * @default
             */
            alarm_id?: string;
            /**
             * Conversation Id
             * @default
             */
            conversation_id?: string;
            /**
             * Language
             * @default en
             * @enum {string}
             */
            language?: "en" | "de" | "zh";
            /**
             * Line
             * @default
             */
            line?: string;
            /** Question */
            question: string;
            /**
             * Spoken
             * @default false
             */
            spoken?: boolean;
        };
        /**
         * AskForUpload
         * @description Which machine's product the image will show. `taken_at`: RFC 3339; empty is now.
         */
        AskForUpload: {
            /** Machine */
            machine: string;
            /**
             * Media Type
             * @enum {string}
             */
            media_type: "image/png" | "image/jpeg";
            /**
             * Taken At
             * @default
             */
            taken_at?: string;
        };
        /**
         * AuditEntryView
         * @description `detail` is the JSON text that the hash was made over.
         */
        AuditEntryView: {
            /** At */
            at: string;
            /** By */
            by: string;
            /** Detail */
            detail: string;
            /** Hash */
            hash: string;
            /** Number */
            number: number;
            /** What */
            what: string;
        };
        /**
         * AuditView
         * @description Entries in order, numbered from 1 without a gap; `lineside commands audit --verify` checks the whole chain.
         */
        AuditView: {
            /** Entries */
            entries: components["schemas"]["AuditEntryView"][];
        };
        /**
         * AutomaticRowView
         * @description What Lineside may do by itself to one set-point. `largest_step` is in `unit`.
         *
         *     `ready` acts when its alarm stands, `waiting` says in `why` for what, and `stopped` stays so until a person resets
         *     it: the change did not help, and `why` says how it stood. `command_id` is its last command that is not judged yet,
         *     or that stopped it.
         */
        AutomaticRowView: {
            /** Acted Last Hour */
            acted_last_hour: number;
            /** Alarm */
            alarm: string;
            /** Attribute */
            attribute: string;
            /** Cause */
            cause: string;
            /** Command Id */
            command_id: string;
            /** Device */
            device: string;
            /**
             * Direction
             * @enum {string}
             */
            direction: "up" | "down";
            /** Key */
            key: string;
            /** Label */
            label: string;
            /** Largest Step */
            largest_step: number;
            /** Line */
            line: string;
            /** Max Per Hour */
            max_per_hour: number;
            /** May Reset */
            may_reset: string;
            /**
             * State
             * @enum {string}
             */
            state: "ready" | "waiting" | "stopped";
            /** Stopped At */
            stopped_at: string | null;
            /** Unit */
            unit: string;
            /** Why */
            why: string;
        };
        /**
         * AutomaticView
         * @description Everything that is automatic on the site. `stopped`: the stop-all switch is on, so nothing acts.
         */
        AutomaticView: {
            /** Rows */
            rows: components["schemas"]["AutomaticRowView"][];
            /** Stopped */
            stopped: boolean;
        };
        /** AutomationView */
        AutomationView: {
            /** Stopped */
            stopped: boolean;
        };
        /**
         * BeyondView
         * @description A value that was seen outside its declared limits; `value` and `limit` are in `unit`.
         */
        BeyondView: {
            /** Attribute */
            attribute: string;
            /** Label */
            label: string;
            /** Limit */
            limit: number;
            /** Observed At */
            observed_at: string;
            /** Unit */
            unit: string;
            /** Value */
            value: number;
        };
        /**
         * CameraView
         * @description A machine whose images are inspected. Below `confidence` a person looks at one; of the others `audit_share`.
         */
        CameraView: {
            /** Audit Share */
            audit_share: number;
            /** By Form */
            by_form: boolean;
            /** Confidence */
            confidence: number;
            /** Device */
            device: string;
            /** Keep Days */
            keep_days: number;
            /** Line */
            line: string;
        };
        /** CanaryView */
        CanaryView: {
            /** At */
            at: string;
            /**
             * Decision
             * @enum {string}
             */
            decision: "wait" | "promote" | "roll_back";
            /** Figures */
            figures: {
                [key: string]: number;
            };
            /** Why */
            why: string;
        };
        /**
         * ChangeAccount
         * @description What is left out stays as it is.
         */
        ChangeAccount: {
            /** Language */
            language?: ("en" | "de" | "zh") | null;
            /** Password */
            password?: string | null;
            /** Role */
            role?: ("viewer" | "operator" | "engineer" | "admin") | null;
            /** Sites */
            sites?: string[] | null;
        };
        /** ChangeView */
        ChangeView: {
            /** At */
            at: string;
            /** By */
            by: string;
            /** Canary */
            canary: string;
            /** Live */
            live: string;
            /** Previous */
            previous: string;
            /** Reason */
            reason: string;
            /**
             * What
             * @enum {string}
             */
            what: "canary" | "promote" | "rollback" | "end_canary";
        };
        /** CheckView */
        CheckView: {
            /** Name */
            name: string;
            /** Passed */
            passed: boolean;
            /** Reason */
            reason: string;
            /** Values */
            values: {
                [key: string]: string | number | boolean | null;
            };
        };
        /**
         * CitationView
         * @description A passage that the answer rests on. `page` opens in `/api/documents/{document_id}/pages/{page}`.
         */
        CitationView: {
            /** Document */
            document: string;
            /** Document Id */
            document_id: string;
            /** Number */
            number: number;
            /** Page */
            page: string;
            /** Quote */
            quote: string;
            /** Reviewed */
            reviewed: boolean;
            /** Revision */
            revision: string;
            /** Section */
            section: string;
            /** Step */
            step: string;
            /** Title */
            title: string;
        };
        /** CitedView */
        CitedView: {
            /** Document */
            document: string;
            /** Document Id */
            document_id: string;
            /** Page */
            page: string;
            /** Quote */
            quote: string;
            /** Revision */
            revision: string;
            /** Section */
            section: string;
            /** Step */
            step: string;
        };
        /**
         * ClassAccuracyView
         * @description Null where no image says anything about it.
         */
        ClassAccuracyView: {
            precision: components["schemas"]["ShareView"] | null;
            recall: components["schemas"]["ShareView"] | null;
            /**
             * Verdict
             * @enum {string}
             */
            verdict: "good" | "cracked" | "deformed" | "bubbles" | "unreadable";
        };
        /**
         * CommandPointView
         * @description A set-point that may be changed. `value` is in force now, in `unit`; null where nothing fresh says so.
         */
        CommandPointView: {
            /** Allowed States */
            allowed_states: string[];
            /** Attribute */
            attribute: string;
            /** Device */
            device: string;
            /** In Flight */
            in_flight: string;
            /** Interlocks */
            interlocks: string[];
            /** Label */
            label: string;
            /** Line */
            line: string;
            /** Max */
            max: number;
            /** Max Per Hour */
            max_per_hour: number | null;
            /** Max Step */
            max_step: number | null;
            /** May Approve */
            may_approve: string;
            /** May Propose */
            may_propose: string;
            /** Min */
            min: number;
            /** Observed At */
            observed_at: string | null;
            /** Readback */
            readback: string;
            /**
             * Risk
             * @enum {string}
             */
            risk: "low" | "medium" | "high";
            /** Unit */
            unit: string;
            /** Value */
            value: number | null;
        };
        /**
         * CommandView
         * @description `label` is what people read: delivered is not done. `done` is true only once the machine showed it.
         */
        CommandView: {
            /** Acknowledged At */
            acknowledged_at: string | null;
            /** Alarm Id */
            alarm_id: string;
            /** Approved At */
            approved_at: string | null;
            /** Approved By */
            approved_by: string;
            /** Attribute */
            attribute: string;
            /** Attribute Label */
            attribute_label: string;
            /** Channel */
            channel: string;
            /** Command Id */
            command_id: string;
            /** Device */
            device: string;
            /** Done */
            done: boolean;
            /** Ended */
            ended: boolean;
            /** Ended At */
            ended_at: string | null;
            /** Expires At */
            expires_at: string;
            /** Justification */
            justification: string;
            /** Label */
            label: string;
            /** Line */
            line: string;
            /** Proposed At */
            proposed_at: string;
            /** Proposed By */
            proposed_by: string;
            readback: components["schemas"]["ReadbackView"] | null;
            /** Reason */
            reason: string;
            /** Risk */
            risk: string;
            /** Sent At */
            sent_at: string | null;
            /**
             * Status
             * @enum {string}
             */
            status: "proposed" | "checked" | "awaiting_approval" | "approved" | "sent" | "acknowledged" | "verified" | "rejected" | "expired" | "failed" | "unverified";
            /** Unit */
            unit: string;
            /** Value */
            value: number;
            /** Version */
            version: number;
            /** Was */
            was: number | null;
        };
        /** Comment */
        Comment: {
            /** Text */
            text: string;
        };
        /** ConversationSummary */
        ConversationSummary: {
            /** Answers */
            answers: number;
            /** Began At */
            began_at: string;
            /** Conversation Id */
            conversation_id: string;
            /** Last At */
            last_at: string;
            /** Title */
            title: string;
        };
        /** ConversationView */
        ConversationView: {
            /** Answers */
            answers: components["schemas"]["AnswerView"][];
            /** Began At */
            began_at: string;
            /** Conversation Id */
            conversation_id: string;
            /** Title */
            title: string;
        };
        /**
         * DecideCommand
         * @description A person's yes or no. `version` is that of the command as they saw it; who saw another one gets a 409.
         *
         *     The note stands in the audit log; with a no it is the reason, too.
         */
        DecideCommand: {
            /** Approved */
            approved: boolean;
            /**
             * Note
             * @default
             */
            note?: string;
            /** Version */
            version: number;
        };
        /** DecideRelease */
        DecideRelease: {
            /** Approved */
            approved: boolean;
            /**
             * Note
             * @default
             */
            note?: string;
        };
        /**
         * DecisionView
         * @description What the rules would say now. Nothing is kept, and nothing is sent.
         */
        DecisionView: {
            /** Checks */
            checks: components["schemas"]["CheckView"][];
            /**
             * Decision
             * @enum {string}
             */
            decision: "allowed" | "needs_approval" | "refused";
            /** Reasons */
            reasons: string[];
        };
        /**
         * DocumentView
         * @description One document of the library. `status`: current, draft, withdrawn, superseded, unreviewed or unreadable.
         */
        DocumentView: {
            /** Document */
            document: string;
            /** Document Id */
            document_id: string;
            /** Effective From */
            effective_from: string;
            /** Media Type */
            media_type: string;
            /** Pages */
            pages: number;
            /** Passages */
            passages: number;
            /** Problem */
            problem: string;
            /** Revision */
            revision: string;
            /** Status */
            status: string;
            /** Title */
            title: string;
        };
        /**
         * EvaluatedView
         * @description Shares are 0..1; `improvement` 0.14 is 14 % better than the base model. `low`, `high`: its 95 % interval.
         */
        EvaluatedView: {
            /** High */
            high: number;
            /** Improvement */
            improvement: number;
            /** Judges */
            judges: string[];
            /** Low */
            low: number;
            /** Passed */
            passed: boolean;
            /** Questions */
            questions: number;
            /** Reasons */
            reasons: string[];
            /** Unfit */
            unfit: string[];
        };
        /** EvidenceView */
        EvidenceView: {
            /** Attribute */
            attribute: string;
            /** Device */
            device: string;
            /** Expected */
            expected: number | null;
            /** Note */
            note: string;
            /** Observed At */
            observed_at: string;
            /** Score */
            score: number | null;
            /** Unit */
            unit: string;
            /** Value */
            value: number | boolean | string;
        };
        /**
         * FactView
         * @description One thing that a tool returned. `value` is in `unit` (UN/CEFACT); null for what is no number.
         */
        FactView: {
            /** Observed At */
            observed_at: string | null;
            /** Text */
            text: string;
            /** Tool */
            tool: string;
            /** Unit */
            unit: string;
            /** Value */
            value: number | null;
        };
        /** FeedbackView */
        FeedbackView: {
            /**
             * About
             * @enum {string}
             */
            about: "answer" | "advisory";
            /** About Id */
            about_id: string;
            /** By */
            by: string;
            /** Correction */
            correction: string;
            /** Feedback Id */
            feedback_id: string;
            /** Given At */
            given_at: string;
            /**
             * Reason
             * @enum {string}
             */
            reason: "" | "wrong_cause" | "wrong_step" | "not_useful" | "unsafe" | "other";
            /**
             * Resolution
             * @default
             * @enum {string}
             */
            resolution: "" | "fixed" | "partly" | "not_fixed";
            /**
             * Verdict
             * @enum {string}
             */
            verdict: "up" | "down";
        };
        /**
         * GiveFeedback
         * @description What an operator says of an answer or an advisory. Giving it again replaces the earlier verdict.
         */
        GiveFeedback: {
            /**
             * About
             * @enum {string}
             */
            about: "answer" | "advisory";
            /** About Id */
            about_id: string;
            /**
             * Correction
             * @default
             */
            correction?: string;
            /**
             * Reason
             * @default
             * @enum {string}
             */
            reason?: "" | "wrong_cause" | "wrong_step" | "not_useful" | "unsafe" | "other";
            /**
             * Resolution
             * @default
             * @enum {string}
             */
            resolution?: "" | "fixed" | "partly" | "not_fixed";
            /**
             * Verdict
             * @enum {string}
             */
            verdict: "up" | "down";
        };
        /**
         * GiveReview
         * @description `given_at` is the verdict's, so that one that was replaced meanwhile is not reviewed unread. To accept needs the
         *     question and the answer that may be trained on.
         */
        GiveReview: {
            /**
             * Answer
             * @default
             */
            answer?: string;
            /** Given At */
            given_at: string;
            /**
             * Note
             * @default
             */
            note?: string;
            /**
             * Question
             * @default
             */
            question?: string;
            /**
             * State
             * @enum {string}
             */
            state: "accepted" | "rejected";
        };
        /** HandoverAlarmView */
        HandoverAlarmView: {
            advisory: components["schemas"]["AdvisoryView"] | null;
            alarm: components["schemas"]["AlarmView"];
            /** Done */
            done: components["schemas"]["AlarmEventView"][];
        };
        /**
         * HandoverView
         * @description One page for the next shift.
         *
         *     `shift` names who worked in the window; `shifts` are the running one and those before it, newest first.
         *     `lost_minutes` are the line's, nothing counted twice. Alarms come most urgent first, consequences after causes.
         */
        HandoverView: {
            /** Alarms */
            alarms: components["schemas"]["HandoverAlarmView"][];
            /** Headline */
            headline: string;
            health: components["schemas"]["AlarmHealthView"];
            /** Line */
            line: string;
            losses: components["schemas"]["LossesView"];
            /** Lost Minutes */
            lost_minutes: number;
            /** Open Questions */
            open_questions: string[];
            /** Severities */
            severities: {
                [key: string]: number;
            };
            /** Shelved */
            shelved: components["schemas"]["AlarmView"][];
            /** Shift */
            shift: string;
            /**
             * Shifts
             * @default []
             */
            shifts: components["schemas"]["ShiftView"][];
            /** Since */
            since: string;
            /** Site */
            site: string;
            /** Until */
            until: string;
        };
        /**
         * HealthView
         * @description `ok`, or `degraded` with every trouble in a sentence. `counters` are readings unless named otherwise:
         *     received = stored + duplicate + quarantined, for everything that has left the inbox.
         */
        HealthView: {
            /**
             * Broker
             * @default
             */
            broker: string;
            /**
             * Counters
             * @default {}
             */
            counters: {
                [key: string]: number;
            };
            /**
             * Inbox Backlog
             * @default 0
             */
            inbox_backlog: number;
            /**
             * Last Tick
             * @default {}
             */
            last_tick: {
                [key: string]: string;
            };
            /**
             * Refused
             * @default 0
             */
            refused: number;
            /** Site */
            site: string;
            /** Started At */
            started_at: string;
            /** Status */
            status: string;
            /**
             * Troubles
             * @default []
             */
            troubles: string[];
            /**
             * Unacknowledged
             * @default 0
             */
            unacknowledged: number;
            /**
             * Unknown Devices
             * @default []
             */
            unknown_devices: string[];
            /** Version */
            version: string;
        };
        /**
         * InspectionView
         * @description One image. `verdict` is a person's where one looked, else the inspector's; null until one of them did.
         */
        InspectionView: {
            /** Device */
            device: string;
            /** Has Image */
            has_image: boolean;
            /** Height */
            height: number;
            /** Image Id */
            image_id: string;
            /** Line */
            line: string;
            /** Media Type */
            media_type: string;
            /** Queued */
            queued: boolean;
            /** Received At */
            received_at: string;
            review: components["schemas"]["ReviewedView"] | null;
            seen: components["schemas"]["SeenView"] | null;
            /** Taken At */
            taken_at: string;
            /** Trouble */
            trouble: string;
            /** Verdict */
            verdict: ("good" | "cracked" | "deformed" | "bubbles" | "unreadable") | null;
            /** Version */
            version: number;
            /** Width */
            width: number;
        };
        /** LineSummary */
        LineSummary: {
            /** Id */
            id: string;
            /** Machines */
            machines: number;
            /** Name */
            name: string;
            /** Open Alarms */
            open_alarms: number;
            /**
             * Streamed
             * @default false
             */
            streamed: boolean;
        };
        /**
         * LineView
         * @description The line as it stands, machines in the order of the site file, unknown devices last.
         */
        LineView: {
            /** As Of */
            as_of: string;
            /** Id */
            id: string;
            /** Machines */
            machines: components["schemas"]["MachineView"][];
            /** Name */
            name: string;
            /** Site */
            site: string;
        };
        /**
         * LossesView
         * @description Where a line's time went. Shares are of the whole window, 0..1; null where nothing was measured.
         *
         *     `oee` is availability x performance x quality (ISO 22400-2). `basis` says in a sentence which machine and which
         *     rate they are reckoned from.
         */
        LossesView: {
            /** Availability */
            availability: number | null;
            /** Basis */
            basis: string;
            /** Line */
            line: string;
            /** Losses */
            losses: components["schemas"]["LossView"][];
            /** Machines */
            machines: components["schemas"]["MachineRunsView"][];
            /** Oee */
            oee: number | null;
            /** Performance */
            performance: number | null;
            /** Quality */
            quality: number | null;
            /** Since */
            since: string;
            /** Until */
            until: string;
        };
        /**
         * LossView
         * @description One leaf of the loss tree, in seconds of the machine that sets the line's pace.
         */
        LossView: {
            /**
             * Branch
             * @enum {string}
             */
            branch: "availability" | "performance" | "quality";
            /** Machine */
            machine: string;
            /** Name */
            name: string;
            /** Note */
            note: string;
            /** Seconds */
            seconds: number;
            /** Share */
            share: number;
        };
        /** MachineRunsView */
        MachineRunsView: {
            /** Machine */
            machine: string;
            /** Runs */
            runs: components["schemas"]["RunView"][];
            /** Seconds */
            seconds: {
                [key: string]: number;
            };
        };
        /**
         * MachineView
         * @description One machine as it stands. `state` is lower case; `offline` is unknown, not down; "" was never told.
         */
        MachineView: {
            /** Age Seconds */
            age_seconds: number | null;
            /** Alarms */
            alarms: string[];
            /**
             * Buffer
             * @default null
             */
            buffer: number | null;
            /** Declared */
            declared: boolean;
            /** Feeds */
            feeds: string[];
            /** Id */
            id: string;
            /** Seen At */
            seen_at: string | null;
            /** Since */
            since: string | null;
            /**
             * Stale
             * @default false
             */
            stale: boolean;
            /** State */
            state: string;
            /** Thing */
            thing: string;
            /** Values */
            values: {
                [key: string]: components["schemas"]["ValueView"];
            };
        };
        /**
         * ModelView
         * @description One model of the configuration. `state`: ready, cold, unavailable or unknown; `why` is a sentence.
         */
        ModelView: {
            /** Model */
            model: string;
            /** Name */
            name: string;
            /** Provider */
            provider: string;
            /** Roles */
            roles: string[];
            /**
             * State
             * @enum {string}
             */
            state: "ready" | "cold" | "unavailable" | "unknown";
            /** Why */
            why: string;
        };
        /** NewAccount */
        NewAccount: {
            /**
             * Language
             * @default en
             * @enum {string}
             */
            language?: "en" | "de" | "zh";
            /** Name */
            name: string;
            /** Password */
            password: string;
            /**
             * Role
             * @enum {string}
             */
            role: "viewer" | "operator" | "engineer" | "admin";
            /** Sites */
            sites: string[];
        };
        /** OffenderView */
        OffenderView: {
            /** Alarms */
            alarms: number;
            /** Device */
            device: string;
            /** Kind */
            kind: string;
            /** Share */
            share: number;
        };
        /**
         * OidcView
         * @description What a browser needs to sign in at the identity provider (authorization code with PKCE; no secret).
         */
        OidcView: {
            /** Authority */
            authority: string;
            /** Client Id */
            client_id: string;
            /**
             * Logout Url
             * @default
             */
            logout_url: string;
            /** Scope */
            scope: string;
        };
        /**
         * OutcomeView
         * @description One figure of the replayed hour, in `unit`. `observed` is what was counted; null where nobody did.
         *
         *     `without` and `with_change` are means over the replays, `difference` is the mean of what the change made of each.
         *     `low` to `high` holds that of nine hours in ten; `stands_out` is true where zero lies outside of it.
         */
        OutcomeView: {
            /** Difference */
            difference: number;
            /** High */
            high: number;
            /** Label */
            label: string;
            /** Low */
            low: number;
            /** Name */
            name: string;
            /** Observed */
            observed: number | null;
            /** Stands Out */
            stands_out: boolean;
            /** Unit */
            unit: string;
            /** With Change */
            with_change: number;
            /** Without */
            without: number;
        };
        /** OutOfService */
        OutOfService: {
            /** Work Order */
            work_order: string;
        };
        /** OverlayView */
        OverlayView: {
            /** By */
            by: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "shelved" | "suppressed_by_design" | "out_of_service";
            /** Reason */
            reason: string;
            /** Since */
            since: string;
            /** Until */
            until: string | null;
            /** Work Order */
            work_order: string;
        };
        /**
         * PointView
         * @description Mean, lowest and highest of the readings from `at` to the next point, in the series' unit.
         */
        PointView: {
            /** At */
            at: string;
            /** Count */
            count: number;
            /** High */
            high: number;
            /** Low */
            low: number;
            /** Mean */
            mean: number;
        };
        /**
         * PossibleChangeView
         * @description A set-point that a person might propose to change because of an alarm; nobody has proposed it.
         *
         *     `direction` and `value` (in `unit`) are there where a rule can say them: one largest step towards the limit that
         *     `because` is beyond. A person may enter any other value, and the rules decide about what is proposed.
         */
        PossibleChangeView: {
            /** Attribute */
            attribute: string;
            because: components["schemas"]["BeyondView"] | null;
            /** Device */
            device: string;
            /**
             * Direction
             * @enum {string}
             */
            direction: "" | "up" | "down";
            /** Label */
            label: string;
            /** Line */
            line: string;
            /** Unit */
            unit: string;
            /** Value */
            value: number | null;
        };
        /**
         * Problem
         * @description RFC 9457: `detail` is one sentence that a person can act on.
         */
        Problem: {
            /** Detail */
            detail: string;
            /** Status */
            status: number;
            /** Title */
            title: string;
            /**
             * Type
             * @default about:blank
             */
            type: string;
        };
        /**
         * ProblemEvent
         * @description Event `problem`: the turn ended without an answer; `retry` says whether asking again may help.
         */
        ProblemEvent: {
            /** Detail */
            detail: string;
            /** Retry */
            retry: boolean;
        };
        /**
         * PromoteRelease
         * @description With a share of the conversations (above 0) as a canary, else for everybody.
         */
        PromoteRelease: {
            /**
             * Canary Share
             * @default 0
             */
            canary_share?: number;
            /**
             * Reason
             * @default
             */
            reason?: string;
            /** Version */
            version?: number | null;
        };
        /**
         * ProposalView
         * @description A change that the person asked to have written down. It is no command: nothing sends it but a person's own press.
         *
         *     `point` is the set-point to propose it for (`/api/command-points`), empty where the site file declares none; the
         *     values are in `unit`. `channel` is the way to propose it by: what was said or written to the assistant always needs
         *     another person.
         */
        ProposalView: {
            /** Attribute */
            attribute: string;
            /**
             * Channel
             * @enum {string}
             */
            channel: "agent" | "voice";
            /** Device */
            device: string;
            /** From Value */
            from_value: number | null;
            /** Label */
            label: string;
            /** Point */
            point: string;
            /** To Value */
            to_value: number;
            /** Unit */
            unit: string;
        };
        /**
         * ProposeCommand
         * @description `command_id` makes a second sending of the same proposal harmless. `value` is in `unit`.
         */
        ProposeCommand: {
            /**
             * Alarm Id
             * @default
             */
            alarm_id?: string;
            /** Attribute */
            attribute: string;
            /**
             * Channel
             * @default console
             * @enum {string}
             */
            channel?: "console" | "voice" | "agent";
            /** Command Id */
            command_id: string;
            /** Device */
            device: string;
            /**
             * Expires In Seconds
             * @default 600
             */
            expires_in_seconds?: number;
            /**
             * Justification
             * @default
             */
            justification?: string;
            /** Unit */
            unit: string;
            /** Value */
            value: number;
        };
        /**
         * QuarantinedView
         * @description A message that could not be read, and why. `raw` is its beginning, as text.
         */
        QuarantinedView: {
            /** Code */
            code: string;
            /** Entry Id */
            entry_id: string;
            /** Raw */
            raw: string;
            /** Readings */
            readings: number;
            /** Reason */
            reason: string;
            /** Received At */
            received_at: string;
            /** Size Bytes */
            size_bytes: number;
            /** Topic */
            topic: string;
        };
        /**
         * QueueView
         * @description What waits for a person, the oldest first. `more` wait beside those listed.
         */
        QueueView: {
            /** Inspections */
            inspections: components["schemas"]["InspectionView"][];
            /** More */
            more: boolean;
        };
        /** ReadbackView */
        ReadbackView: {
            /** Observed At */
            observed_at: string;
            /** Unit */
            unit: string;
            /** Value */
            value: number;
        };
        /**
         * ReleasesView
         * @description Every release, the newest first, and what the aliases mean now. `version` counts the switches.
         */
        ReleasesView: {
            /** Canary */
            canary: string;
            /** Canary Share */
            canary_share: number;
            /** History */
            history: components["schemas"]["ChangeView"][];
            /** Live */
            live: string;
            /** Previous */
            previous: string;
            /** Releases */
            releases: components["schemas"]["ReleaseView"][];
            /** Version */
            version: number;
        };
        /**
         * ReleaseView
         * @description One version of the model. `alias` is the one that means it now, or empty.
         */
        ReleaseView: {
            /**
             * Alias
             * @enum {string}
             */
            alias: "" | "live" | "canary" | "previous";
            /** Approved At */
            approved_at: string | null;
            /** Approver */
            approver: string;
            /** Artifact */
            artifact: string;
            /** Base Model */
            base_model: string;
            canary: components["schemas"]["CanaryView"] | null;
            /** Code Version */
            code_version: string;
            /** Dataset Hash */
            dataset_hash: string;
            evaluation: components["schemas"]["EvaluatedView"] | null;
            /** Has Report */
            has_report: boolean;
            /** Hyperparameters */
            hyperparameters: {
                [key: string]: string;
            };
            /** Made At */
            made_at: string;
            /** Model Id */
            model_id: string;
            /** Reason */
            reason: string;
            /** Release Id */
            release_id: string;
            /**
             * Status
             * @enum {string}
             */
            status: "training" | "importing" | "evaluating" | "refused" | "waiting" | "approved" | "canary" | "live" | "retired" | "rolled_back" | "failed";
        };
        /** ReplayView */
        ReplayView: {
            /** Resolved */
            resolved: number;
            /** Stored */
            stored: number;
            /** Waiting */
            waiting: number;
        };
        /**
         * ResetAutomatic
         * @description The row as `key` names it.
         */
        ResetAutomatic: {
            /** Key */
            key: string;
            /** Line */
            line: string;
        };
        /** ReviewedView */
        ReviewedView: {
            /** At */
            at: string;
            /** By */
            by: string;
            /** Note */
            note: string;
            /**
             * Verdict
             * @enum {string}
             */
            verdict: "good" | "cracked" | "deformed" | "bubbles" | "unreadable";
        };
        /**
         * ReviewImage
         * @description A person's verdict. `version` is that of the inspection as they saw it.
         */
        ReviewImage: {
            /**
             * Note
             * @default
             */
            note?: string;
            /**
             * Verdict
             * @enum {string}
             */
            verdict: "good" | "cracked" | "deformed" | "bubbles" | "unreadable";
            /** Version */
            version: number;
        };
        /**
         * ReviewsView
         * @description `accepted_since` counts those that no release has learned from yet; `needed` of them start one by itself, and
         *     where that is 0 none does and none are counted.
         */
        ReviewsView: {
            /** Accepted */
            accepted: number;
            /** Accepted Since */
            accepted_since: number;
            /** Needed */
            needed: number;
            /** Pending */
            pending: number;
            /** Rejected */
            rejected: number;
            /** Reviews */
            reviews: components["schemas"]["ReviewView"][];
        };
        /**
         * ReviewView
         * @description A verdict with what it was about. `question` and `answer` are what was said then; `reviewed_*` what is kept.
         */
        ReviewView: {
            /**
             * About
             * @enum {string}
             */
            about: "answer" | "advisory";
            /** Answer */
            answer: string;
            /** By */
            by: string;
            /** Cited */
            cited: components["schemas"]["CitedView"][];
            /** Correction */
            correction: string;
            /** Device */
            device: string;
            /** Facts */
            facts: string[];
            /** Feedback Id */
            feedback_id: string;
            /** Given At */
            given_at: string;
            /** Model */
            model: string;
            /** Note */
            note: string;
            /** Question */
            question: string;
            /** Reason */
            reason: string;
            /** Release Id */
            release_id: string;
            /**
             * Resolution
             * @enum {string}
             */
            resolution: "" | "fixed" | "partly" | "not_fixed";
            /** Reviewed Answer */
            reviewed_answer: string;
            /** Reviewed At */
            reviewed_at: string | null;
            /** Reviewed By */
            reviewed_by: string;
            /** Reviewed Question */
            reviewed_question: string;
            /**
             * State
             * @enum {string}
             */
            state: "pending" | "accepted" | "rejected";
            /**
             * Verdict
             * @enum {string}
             */
            verdict: "up" | "down";
        };
        /**
         * RollBack
         * @description With `version`, two people who end the same canary do not end what comes after it as well.
         */
        RollBack: {
            /** Reason */
            reason: string;
            /** Version */
            version?: number | null;
        };
        /**
         * RunView
         * @description A machine in one state from `since` to `until`; `unknown` where nothing was heard.
         */
        RunView: {
            /** Since */
            since: string;
            /** State */
            state: string;
            /** Until */
            until: string;
        };
        /**
         * SeenView
         * @description What an inspector saw. `regions` are [x, y, width, height] in pixels of the image as it was sent.
         */
        SeenView: {
            /** Confidence */
            confidence: number;
            /** Inspector */
            inspector: string;
            /** Reason */
            reason: string;
            /** Regions */
            regions: [
                number,
                number,
                number,
                number
            ][];
            /** Skipped */
            skipped: string[];
            /**
             * Verdict
             * @enum {string}
             */
            verdict: "good" | "cracked" | "deformed" | "bubbles" | "unreadable";
        };
        /**
         * SeriesView
         * @description One attribute of one machine over a window.
         *
         *     `limit_low` and `limit_high` are as the site declares them. `trend_per_hour` is a least-squares slope over the
         *     window, in units per hour; null where fewer than three readings say nothing. `points` is empty where the window
         *     holds no number, and `note` then says so.
         */
        SeriesView: {
            /** Age Seconds */
            age_seconds: number | null;
            /** Attribute */
            attribute: string;
            /** Count */
            count: number;
            /** First */
            first: number | null;
            /** High */
            high: number | null;
            /** Label */
            label: string;
            /** Last */
            last: number | boolean | string | null;
            /** Last At */
            last_at: string | null;
            /** Limit High */
            limit_high: number | null;
            /** Limit Low */
            limit_low: number | null;
            /** Low */
            low: number | null;
            /** Mean */
            mean: number | null;
            /** Note */
            note: string;
            /** Points */
            points: components["schemas"]["PointView"][];
            /** Trend Per Hour */
            trend_per_hour: number | null;
            /** Unit */
            unit: string;
        };
        /**
         * SessionView
         * @description The person who is signed in, here.
         */
        SessionView: {
            /** By */
            by: string;
            /** Expires At */
            expires_at: string | null;
            /**
             * Language
             * @enum {string}
             */
            language: "en" | "de" | "zh";
            /** Name */
            name: string;
            /**
             * Role
             * @enum {string}
             */
            role: "viewer" | "operator" | "engineer" | "admin";
            /** Sites */
            sites: string[];
        };
        /**
         * ShareView
         * @description An estimate with its 95 % interval, and how many images it rests on.
         */
        ShareView: {
            /** High */
            high: number;
            /** Images */
            images: number;
            /** Low */
            low: number;
            /** Value */
            value: number;
        };
        /**
         * Shelve
         * @description Silence for a while; it comes back by itself.
         */
        Shelve: {
            /** Minutes */
            minutes: number;
            /** Reason */
            reason: string;
        };
        /**
         * ShiftView
         * @description One shift of one day, by the site's own clock.
         */
        ShiftView: {
            /** Name */
            name: string;
            /** Since */
            since: string;
            /** Until */
            until: string;
        };
        /** SignIn */
        SignIn: {
            /** Name */
            name: string;
            /** Password */
            password: string;
        };
        /**
         * SignInView
         * @description How people sign in here. Open to everybody: it is what the sign-in page is drawn from.
         */
        SignInView: {
            /** First Start */
            first_start: boolean;
            oidc: components["schemas"]["OidcView"] | null;
            /** Password */
            password: boolean;
            /** Site */
            site: string;
        };
        /** SiteView */
        SiteView: {
            /** Id */
            id: string;
            /** Lines */
            lines: string[];
            /** Tenant */
            tenant: string;
            /** Timezone */
            timezone: string;
        };
        /** Speak */
        Speak: {
            /**
             * Language
             * @default en
             * @enum {string}
             */
            language?: "en" | "de" | "zh";
            /** Text */
            text: string;
        };
        /** StepView */
        StepView: {
            /** Document */
            document: string;
            /** Number */
            number: string;
            /** Reviewed */
            reviewed: boolean;
            /** Revision */
            revision: string;
            /** Section */
            section: string;
            /** Text */
            text: string;
        };
        /** StopAutomation */
        StopAutomation: {
            /** Reason */
            reason: string;
            /** Stopped */
            stopped: boolean;
        };
        /**
         * SuggestionView
         * @description A question that fits what is on the screen.
         */
        SuggestionView: {
            /**
             * Alarm Id
             * @default
             */
            alarm_id: string;
            /** Question */
            question: string;
        };
        /** TelemetryView */
        TelemetryView: {
            /** Machine */
            machine: string;
            /** Series */
            series: components["schemas"]["SeriesView"][];
            /** Since */
            since: string;
            /** Until */
            until: string;
        };
        /**
         * TokenEvent
         * @description Event `token`: the next piece of the answer.
         */
        TokenEvent: {
            /** Text */
            text: string;
        };
        /**
         * ToolStartedEvent
         * @description Event `tool_started`.
         */
        ToolStartedEvent: {
            /** Call Id */
            call_id: string;
            /** Title */
            title: string;
            /** Tool */
            tool: string;
        };
        /**
         * ToolView
         * @description A tool that was called: its name, what it was asked in words, and whether it answered.
         */
        ToolView: {
            /** Call Id */
            call_id: string;
            /** Ok */
            ok: boolean;
            /** Seconds */
            seconds: number;
            /** Summary */
            summary: string;
            /** Title */
            title: string;
            /** Tool */
            tool: string;
        };
        /**
         * TranscribeAddress
         * @description A signed address of Amazon Transcribe streaming, good for five minutes.
         */
        TranscribeAddress: {
            /** Expires At */
            expires_at: string;
            /** Sample Rate Hz */
            sample_rate_hz: number;
            /** Url */
            url: string;
        };
        /**
         * TranscriptView
         * @description What was heard; a person reads it before it is sent.
         */
        TranscriptView: {
            /** Language */
            language: string;
            /** Text */
            text: string;
        };
        /**
         * UploadView
         * @description Post `fields`, then the image as the field `file`, as multipart/form-data to `url` before `expires_at`.
         */
        UploadView: {
            /** Expires At */
            expires_at: string;
            /** Fields */
            fields: {
                [key: string]: string;
            };
            /** Most Bytes */
            most_bytes: number;
            /** Url */
            url: string;
        };
        /**
         * ValueView
         * @description `value` is in `unit` (UN/CEFACT); `label` is what people call it.
         */
        ValueView: {
            /** Age Seconds */
            age_seconds: number;
            /** Label */
            label: string;
            /**
             * Limit High
             * @default null
             */
            limit_high: number | null;
            /**
             * Limit Low
             * @default null
             */
            limit_low: number | null;
            /** Observed At */
            observed_at: string;
            /** Quality */
            quality: string;
            /** Reason */
            reason: string;
            /**
             * Stale
             * @default false
             */
            stale: boolean;
            /** Unit */
            unit: string;
            /** Value */
            value: number | boolean | string;
        };
        /** VictimView */
        VictimView: {
            /** Device */
            device: string;
            /** Lost Seconds */
            lost_seconds: number;
            /** State */
            state: string;
        };
        /**
         * VoiceView
         * @description What the voice of this runtime is made of. `vocabulary`: machine and attribute names to listen for.
         */
        VoiceView: {
            /** Languages */
            languages: ("en" | "de" | "zh")[];
            /** Longest Seconds */
            longest_seconds: number;
            /**
             * Speech Output
             * @enum {string}
             */
            speech_output: "browser" | "polly";
            /**
             * Speech To Text
             * @enum {string}
             */
            speech_to_text: "none" | "server" | "transcribe";
            /** Vocabulary */
            vocabulary: string[];
        };
        /**
         * WeekAccuracyView
         * @description One week from its Monday (UTC) on, from the images that people looked at; `note` says what it cannot show.
         *
         *     `wrong` has the surest mistakes first.
         */
        WeekAccuracyView: {
            /** Audited */
            audited: number;
            /** Classes */
            classes: components["schemas"]["ClassAccuracyView"][];
            /** Monday */
            monday: string;
            /** Note */
            note: string;
            /** Reviewed */
            reviewed: number;
            /** Waiting */
            waiting: number;
            /** Wrong */
            wrong: components["schemas"]["WrongView"][];
        };
        /**
         * WhatIfView
         * @description What a proposal would have done to the last hour, by a model. `unknown` says why nobody can tell, if so.
         */
        WhatIfView: {
            /** Assumed */
            assumed: string[];
            /** Headline */
            headline: string;
            /** Interval */
            interval: string;
            /** Minutes */
            minutes: number;
            /** Outcomes */
            outcomes: components["schemas"]["OutcomeView"][];
            /** Replays */
            replays: number;
            /** Unknown */
            unknown: string;
        };
        /** Withdraw */
        Withdraw: {
            /**
             * Note
             * @default
             */
            note?: string;
        };
        /** WrongView */
        WrongView: {
            /** Confidence */
            confidence: number;
            /** Image Id */
            image_id: string;
            /**
             * Is Really
             * @enum {string}
             */
            is_really: "good" | "cracked" | "deformed" | "bubbles" | "unreadable";
            /**
             * Seen
             * @enum {string}
             */
            seen: "good" | "cracked" | "deformed" | "bubbles" | "unreadable";
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    accounts_api_accounts_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountView"][];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    add_account_api_accounts_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewAccount"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_account_api_accounts__name__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_account_api_accounts__name__patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeAccount"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    advisories_api_advisories_get: {
        parameters: {
            query?: {
                limit?: number;
                line?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdvisoryView"][];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    alarms_api_alarms_get: {
        parameters: {
            query?: {
                /** @description also those raised in the last hours */
                hours?: number;
                line?: string;
                /** @description only those of, caused by or felt by it */
                machine?: string;
                /** @description only those in one of these states */
                state?: (("normal" | "unacknowledged" | "acknowledged" | "rtn_unacknowledged") | ("shelved" | "suppressed_by_design" | "out_of_service"))[] | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmView"][];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    alarm_api_alarms__alarm_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                alarm_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    acknowledge_api_alarms__alarm_id__acknowledge_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                alarm_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changes_api_alarms__alarm_id__changes_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                alarm_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PossibleChangeView"][];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    comment_api_alarms__alarm_id__comment_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                alarm_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Comment"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmEventView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    history_api_alarms__alarm_id__history_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                alarm_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmEventView"][];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    out_of_service_api_alarms__alarm_id__out_of_service_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                alarm_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OutOfService"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    return_to_service_api_alarms__alarm_id__return_to_service_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                alarm_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    shelve_api_alarms__alarm_id__shelve_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                alarm_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Shelve"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    unshelve_api_alarms__alarm_id__unshelve_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                alarm_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    alarm_health_api_alarms_health_get: {
        parameters: {
            query?: {
                hours?: number;
                line?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmHealthView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    automation_api_automation_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AutomationView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    stop_automation_api_automation_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StopAutomation"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AutomationView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    chat_api_chat_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Ask"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": unknown;
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    command_points_api_command_points_get: {
        parameters: {
            query?: {
                line?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandPointView"][];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    commands_api_commands_get: {
        parameters: {
            query?: {
                hours?: number;
                line?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandView"][];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    propose_api_commands_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProposeCommand"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    audit_api_commands_audit_get: {
        parameters: {
            query?: {
                after?: number | null;
                before?: number | null;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    command_api_commands__command_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                command_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    decide_api_commands__command_id__decision_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                command_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DecideCommand"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    withdraw_api_commands__command_id__withdraw_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                command_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Withdraw"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    automatic_api_commands_automatic_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AutomaticView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    reset_automatic_api_commands_automatic_reset_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResetAutomatic"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AutomaticView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    check_api_commands_check_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProposeCommand"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DecisionView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    what_if_api_commands_what_if_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProposeCommand"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WhatIfView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    conversations_api_conversations_get: {
        parameters: {
            query?: {
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationSummary"][];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    conversation_api_conversations__conversation_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                conversation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_conversation_api_conversations__conversation_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                conversation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    documents_api_documents_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DocumentView"][];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    document_file_api_documents__document_id__file_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                document_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": unknown;
                    "application/pdf": unknown;
                    "text/csv": unknown;
                    "text/markdown": unknown;
                    "text/plain": unknown;
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    document_page_api_documents__document_id__pages__page__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                document_id: string;
                page: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/png": unknown;
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    document_text_api_documents__document_id__text_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                document_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": unknown;
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    feedback_api_feedback_get: {
        parameters: {
            query?: {
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FeedbackView"][];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    give_feedback_api_feedback_put: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GiveFeedback"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FeedbackView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    inspections_api_inspections_get: {
        parameters: {
            query?: {
                device?: string;
                /** @description before `until`, where `since` is empty */
                hours?: number;
                limit?: number;
                line?: string;
                /** @description when it was taken; RFC 3339 */
                since?: string;
                /** @description when it was taken; RFC 3339 */
                until?: string;
                /** @description any of these; none is all */
                verdict?: ("good" | "cracked" | "deformed" | "bubbles" | "unreadable")[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InspectionView"][];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    inspection_api_inspections__image_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                image_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InspectionView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    image_api_inspections__image_id__image_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                image_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": string;
                    "image/png": string;
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    review_api_inspections__image_id__review_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                image_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReviewImage"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InspectionView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    receive_api_inspections__machine__images_post: {
        parameters: {
            query?: {
                /** @description RFC 3339; empty is now */
                taken_at?: string;
            };
            header?: never;
            path: {
                machine: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "image/jpeg": string;
                "image/png": string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InspectionView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    accuracy_api_inspections_accuracy_get: {
        parameters: {
            query?: {
                weeks?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WeekAccuracyView"][];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cameras_api_inspections_cameras_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CameraView"][];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    queue_api_inspections_queue_get: {
        parameters: {
            query?: {
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueueView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ask_for_upload_api_inspections_uploads_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AskForUpload"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    lines_api_lines_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LineSummary"][];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    line_now_api_lines__line__get: {
        parameters: {
            query?: never;
            header?: {
                accept?: string;
                "if-none-match"?: string;
            };
            path: {
                line: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LineView"];
                    "application/ld+json": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    line_events_api_lines__line__events_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                line: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": unknown;
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    handover_api_lines__line__handover_get: {
        parameters: {
            query?: {
                /** @description instead of since and until */
                shift?: "" | "current" | "previous";
                /** @description RFC 3339; empty is the default */
                since?: string;
                /** @description RFC 3339; empty is the default */
                until?: string;
            };
            header?: never;
            path: {
                line: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HandoverView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    losses_api_lines__line__losses_get: {
        parameters: {
            query?: {
                /** @description RFC 3339; empty is the default */
                since?: string;
                /** @description RFC 3339; empty is the default */
                until?: string;
            };
            header?: never;
            path: {
                line: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LossesView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    machines_api_lines__line__machines_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                line: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MachineView"][];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    machine_api_lines__line__machines__machine__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                line: string;
                machine: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MachineView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    telemetry_api_lines__line__machines__machine__telemetry_get: {
        parameters: {
            query?: {
                attribute?: string[] | null;
                points?: number;
                /** @description RFC 3339; empty is the default */
                since?: string;
                /** @description RFC 3339; empty is the default */
                until?: string;
            };
            header?: never;
            path: {
                line: string;
                machine: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TelemetryView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    models_api_models_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelView"][];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    quarantine_api_quarantine_get: {
        parameters: {
            query?: {
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QuarantinedView"][];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    replay_quarantine_api_quarantine_replay_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReplayView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    releases_api_releases_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReleasesView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    roll_back_api_releases_rollback_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RollBack"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReleasesView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    release_api_releases__release_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                release_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReleaseView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    decide_api_releases__release_id__decision_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                release_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DecideRelease"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReleaseView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    promote_api_releases__release_id__promote_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                release_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PromoteRelease"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReleasesView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    report_api_releases__release_id__report_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                release_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    reviews_api_reviews_get: {
        parameters: {
            query?: {
                limit?: number;
                state?: ("pending" | "accepted" | "rejected") | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReviewsView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    review_api_reviews__feedback_id__post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                feedback_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GiveReview"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReviewView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    session_api_session_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sign_in_api_session_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignIn"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sign_out_api_session_delete: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    how_to_sign_in_api_sign_in_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignInView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sites_api_sites_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SiteView"][];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    suggestions_api_suggestions_get: {
        parameters: {
            query?: {
                alarm_id?: string;
                language?: "en" | "de" | "zh";
                line?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SuggestionView"][];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    voice_api_voice_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VoiceView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    speech_api_voice_speech_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Speak"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "audio/mpeg": unknown;
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    transcribe_address_api_voice_transcribe_address_post: {
        parameters: {
            query?: {
                language?: "en" | "de" | "zh";
                sample_rate_hz?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TranscribeAddress"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    transcript_api_voice_transcript_post: {
        parameters: {
            query?: {
                language?: "en" | "de" | "zh";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "audio/mp4": string;
                "audio/ogg": string;
                "audio/wav": string;
                "audio/webm": string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TranscriptView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    health_health_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthView"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthView"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    query_entities_ngsi_ld_v1_entities_get: {
        parameters: {
            query?: {
                /** @description only those that have one of these */
                attrs?: string;
                count?: boolean;
                format?: string;
                /** @description one or several, with commas */
                id?: string;
                idPattern?: string;
                limit?: number;
                /** @description all there is; everything here is local */
                local?: boolean;
                offset?: number;
                /** @description all members but these */
                omit?: string;
                /** @description normalized, concise or keyValues */
                options?: string;
                /** @description only these members */
                pick?: string;
                /** @description such as Temperature>-18;machineState=="down" */
                q?: string;
                /** @description one or several, with commas */
                type?: string;
            };
            header?: {
                accept?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                    "application/ld+json": unknown;
                };
            };
            /** @description BadRequestData */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retrieve_entity_ngsi_ld_v1_entities__entity_id__get: {
        parameters: {
            query?: {
                attrs?: string;
                format?: string;
                omit?: string;
                options?: string;
                pick?: string;
            };
            header?: {
                accept?: string;
            };
            path: {
                entity_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                    "application/ld+json": unknown;
                };
            };
            /** @description BadRequestData */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ResourceNotFound */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    types_ngsi_ld_v1_types_get: {
        parameters: {
            query?: {
                details?: boolean;
            };
            header?: {
                accept?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never> | unknown[];
                    "application/ld+json": unknown;
                };
            };
            /** @description BadRequestData */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description One clear sentence in `detail` */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
