/* Made by tools/schema.mjs from /openapi.json; not to be edited. */
export interface paths {
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: never;
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            account: components["schemas"]["AccountOut"];
                            csrf_token: string | null;
                            scopes: string[] | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        name: string;
                        password: string;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            account: components["schemas"]["AccountOut"];
                            csrf_token: string | null;
                            scopes: string[] | null;
                        };
                    };
                };
            };
        };
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            name: string;
                            display_name: string;
                            is_admin: boolean;
                            has_password: boolean;
                            created_at: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        display_name: string;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            name: string;
                            display_name: string;
                            is_admin: boolean;
                            has_password: boolean;
                            created_at: string;
                        };
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/account/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        old_password: string;
                        new_password: string;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            sessions_ended: number;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            originals: number;
                            versions: number;
                            trash: number;
                            uploading: number;
                            used: number;
                            quota: number | null;
                            pictures: number;
                            trashed: number;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["SessionOut"][];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            sessions_ended: number;
                        };
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/sessions/{session_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    session_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["TokenOut"][];
                        };
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        name: string;
                        /** @default null */
                        scopes?: string[] | null;
                        /** @default null */
                        expires_in_days?: number | null;
                    };
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            id: string;
                            name: string;
                            scopes: string[];
                            created_at: string;
                            last_used_at: string | null;
                            expires_at: string | null;
                            token: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/tokens/{token_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    token_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/registration": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            mode: "open" | "invite" | "closed";
                        };
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        name: string;
                        password: string;
                        /** @default  */
                        display_name?: string;
                        /** @default null */
                        invite?: string | null;
                    };
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            account: components["schemas"]["AccountOut"];
                            csrf_token: string | null;
                            scopes: string[] | null;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    token?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            holds: boolean;
                        };
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        token: string;
                        name: string;
                        password: string;
                        /** @default  */
                        display_name?: string;
                        /** @default null */
                        server_name?: string | null;
                        /** @default null */
                        server_description?: string | null;
                        /** @default null */
                        registration?: ("open" | "invite" | "closed") | null;
                    };
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            account: components["schemas"]["AccountOut"];
                            csrf_token: string | null;
                            scopes: string[] | null;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    cursor?: string | null;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["AdminAccountOut"][];
                            next: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        name: string;
                        /** @default null */
                        password?: string | null;
                        /** @default  */
                        display_name?: string;
                        /** @default false */
                        is_admin?: boolean;
                        /** @default null */
                        quota?: number | null;
                    };
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            name: string;
                            display_name: string;
                            is_admin: boolean;
                            has_password: boolean;
                            created_at: string;
                            disabled_at: string | null;
                            usage: components["schemas"]["UsageOut"];
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/accounts/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
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
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            name: string;
                            display_name: string;
                            is_admin: boolean;
                            has_password: boolean;
                            created_at: string;
                            disabled_at: string | null;
                            usage: components["schemas"]["UsageOut"];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete: {
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
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @default null */
                        display_name?: string | null;
                        /** @default null */
                        disabled?: boolean | null;
                        /** @default null */
                        is_admin?: boolean | null;
                        /** @default null */
                        quota?: number | null;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            name: string;
                            display_name: string;
                            is_admin: boolean;
                            has_password: boolean;
                            created_at: string;
                            disabled_at: string | null;
                            usage: components["schemas"]["UsageOut"];
                        };
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/admin/accounts/{name}/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        password: string;
                        /** @default false */
                        revoke_tokens?: boolean;
                    };
                };
            };
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/invites": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["InviteOut"][];
                        };
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @default  */
                        note?: string;
                        /** @default 1 */
                        uses?: number;
                        /** @default 14 */
                        expires_in_days?: number;
                    };
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            id: string;
                            created_by: string;
                            note: string;
                            uses_left: number;
                            created_at: string;
                            expires_at: string;
                            code: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/invites/{invite_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    invite_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    cursor?: string | null;
                    limit?: number;
                    actor?: string | null;
                    action?: string | null;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["AuditEntryOut"][];
                            next: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/instance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            name: string;
                            description: string;
                            /** @enum {string} */
                            registration: "open" | "invite" | "closed";
                            domain: string;
                            version: string;
                            is_set_up: boolean;
                            map_tiles: components["schemas"]["MapTiles"] | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/instance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @default null */
                        name?: string | null;
                        /** @default null */
                        description?: string | null;
                        /** @default null */
                        registration?: ("open" | "invite" | "closed") | null;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            name: string;
                            description: string;
                            /** @enum {string} */
                            registration: "open" | "invite" | "closed";
                            domain: string;
                            version: string;
                            is_set_up: boolean;
                            map_tiles: components["schemas"]["MapTiles"] | null;
                        };
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/admin/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    state?: "failed" | "waiting";
                    cursor?: string | null;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            counts: components["schemas"]["JobCount"][];
                            items: components["schemas"]["JobItem"][];
                            next: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/jobs/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @default null */
                        jobs?: string[] | null;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            retried: number;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/server": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            version: string;
                            domain: string;
                            origin: string;
                            storage: string;
                            workers: number;
                            allow_list: boolean;
                            secure: boolean;
                            resolver: string;
                            checks: {
                                [key: string]: string;
                            };
                            totals: components["schemas"]["TotalsOut"];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/backups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["BackupOut"][];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pictures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    tag?: string[];
                    any_tag?: string[];
                    not_tag?: string[];
                    exact?: boolean;
                    untagged?: boolean;
                    trash?: boolean;
                    state?: ("processing" | "ready" | "failed") | null;
                    collapse?: boolean;
                    q?: string;
                    sort?: ("captured" | "ingested" | "edited" | "size" | "name" | "deleted") | null;
                    order?: "asc" | "desc";
                    limit?: number;
                    cursor?: string | null;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["PictureItem"][];
                            next: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: {
                    filename?: string;
                    tags?: string;
                    file_date?: string;
                    batch?: string;
                };
                header?: {
                    "X-Filename"?: string;
                    "X-Content-SHA256"?: string;
                    "Content-Digest"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "multipart/form-data": {
                        /** Format: binary */
                        file: string;
                        tags?: string;
                        file_date?: string;
                        filename?: string;
                        /** Format: uuid */
                        batch?: string;
                    };
                    "application/octet-stream": string;
                    "image/*": string;
                    "video/*": string;
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            duplicate: boolean;
                            in_trash: boolean;
                            filename: string;
                            sha256: string;
                            size: number;
                            media_type: string;
                            /** @enum {string} */
                            kind: "image" | "raw" | "video" | "other";
                            /** @enum {string} */
                            state: "processing" | "ready" | "failed";
                            tags: string[];
                        };
                    };
                };
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            duplicate: boolean;
                            in_trash: boolean;
                            filename: string;
                            sha256: string;
                            size: number;
                            media_type: string;
                            /** @enum {string} */
                            kind: "image" | "raw" | "video" | "other";
                            /** @enum {string} */
                            state: "processing" | "ready" | "failed";
                            tags: string[];
                        };
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": unknown;
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": unknown;
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": unknown;
                    };
                };
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": unknown;
                    };
                };
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": unknown;
                    };
                };
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": unknown;
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": unknown;
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": unknown;
                    };
                };
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": unknown;
                    };
                };
                507: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": unknown;
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pictures/{picture_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    picture_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            filename: string;
                            media_type: string;
                            /** @enum {string} */
                            kind: "image" | "raw" | "video" | "other";
                            /** @enum {string} */
                            state: "processing" | "ready" | "failed";
                            failure: string | null;
                            width: number | null;
                            height: number | null;
                            duration: number | null;
                            captured_at: string | null;
                            utc_offset: number | null;
                            date_source: string;
                            sorted_at: string;
                            blurhash: string | null;
                            thumbnails: components["schemas"]["Thumbnails"];
                            rating: number | null;
                            title: string | null;
                            latitude: number | null;
                            longitude: number | null;
                            size: number;
                            sha256: string | null;
                            tags: string[];
                            owner: string | null;
                            received: components["schemas"]["Received"] | null;
                            /** @enum {string} */
                            availability: "ok" | "owner_offline";
                            version: number;
                            revision: number;
                            ingested_at: string;
                            edited_at: string;
                            deleted_at: string | null;
                            metadata_state: ("pending" | "synced" | "failed" | "unsupported") | null;
                            orientation: number | null;
                            file_date: string | null;
                            altitude: number | null;
                            camera_make: string | null;
                            camera_model: string | null;
                            lens: string | null;
                            iso: number | null;
                            aperture: number | null;
                            focal_length: number | null;
                            exposure: number | null;
                            description: string | null;
                            creator: string | null;
                            content_hash: string | null;
                            edited_fields: string[];
                            batch: string | null;
                            source: string;
                            metadata: {
                                [key: string]: unknown;
                            } | null;
                            metadata_failure: string | null;
                            copied_from: components["schemas"]["CopiedFrom"] | null;
                            versions: number;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: {
                    permanent?: boolean;
                };
                header?: never;
                path: {
                    picture_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            filename: string;
                            media_type: string;
                            /** @enum {string} */
                            kind: "image" | "raw" | "video" | "other";
                            /** @enum {string} */
                            state: "processing" | "ready" | "failed";
                            failure: string | null;
                            width: number | null;
                            height: number | null;
                            duration: number | null;
                            captured_at: string | null;
                            utc_offset: number | null;
                            date_source: string;
                            sorted_at: string;
                            blurhash: string | null;
                            thumbnails: components["schemas"]["Thumbnails"];
                            rating: number | null;
                            title: string | null;
                            latitude: number | null;
                            longitude: number | null;
                            size: number;
                            sha256: string | null;
                            tags: string[];
                            owner: string | null;
                            received: components["schemas"]["Received"] | null;
                            /** @enum {string} */
                            availability: "ok" | "owner_offline";
                            version: number;
                            revision: number;
                            ingested_at: string;
                            edited_at: string;
                            deleted_at: string | null;
                            metadata_state: ("pending" | "synced" | "failed" | "unsupported") | null;
                            orientation: number | null;
                            file_date: string | null;
                            altitude: number | null;
                            camera_make: string | null;
                            camera_model: string | null;
                            lens: string | null;
                            iso: number | null;
                            aperture: number | null;
                            focal_length: number | null;
                            exposure: number | null;
                            description: string | null;
                            creator: string | null;
                            content_hash: string | null;
                            edited_fields: string[];
                            batch: string | null;
                            source: string;
                            metadata: {
                                [key: string]: unknown;
                            } | null;
                            metadata_failure: string | null;
                            copied_from: components["schemas"]["CopiedFrom"] | null;
                            versions: number;
                        };
                    };
                };
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    picture_id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @default null */
                        captured_at?: string | null;
                        /** @default null */
                        utc_offset?: number | null;
                        /** @default null */
                        latitude?: number | null;
                        /** @default null */
                        longitude?: number | null;
                        /** @default null */
                        altitude?: number | null;
                        /** @default null */
                        rating?: number | null;
                        /** @default null */
                        title?: string | null;
                        /** @default null */
                        description?: string | null;
                        /** @default null */
                        creator?: string | null;
                        /** @default null */
                        camera_make?: string | null;
                        /** @default null */
                        camera_model?: string | null;
                        /** @default null */
                        lens?: string | null;
                        /** @default null */
                        iso?: number | null;
                        /** @default null */
                        aperture?: number | null;
                        /** @default null */
                        focal_length?: number | null;
                        /** @default null */
                        exposure?: number | null;
                        /** @default null */
                        orientation?: number | null;
                        /** @default null */
                        filename?: string | null;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            filename: string;
                            media_type: string;
                            /** @enum {string} */
                            kind: "image" | "raw" | "video" | "other";
                            /** @enum {string} */
                            state: "processing" | "ready" | "failed";
                            failure: string | null;
                            width: number | null;
                            height: number | null;
                            duration: number | null;
                            captured_at: string | null;
                            utc_offset: number | null;
                            date_source: string;
                            sorted_at: string;
                            blurhash: string | null;
                            thumbnails: components["schemas"]["Thumbnails"];
                            rating: number | null;
                            title: string | null;
                            latitude: number | null;
                            longitude: number | null;
                            size: number;
                            sha256: string | null;
                            tags: string[];
                            owner: string | null;
                            received: components["schemas"]["Received"] | null;
                            /** @enum {string} */
                            availability: "ok" | "owner_offline";
                            version: number;
                            revision: number;
                            ingested_at: string;
                            edited_at: string;
                            deleted_at: string | null;
                            metadata_state: ("pending" | "synced" | "failed" | "unsupported") | null;
                            orientation: number | null;
                            file_date: string | null;
                            altitude: number | null;
                            camera_make: string | null;
                            camera_model: string | null;
                            lens: string | null;
                            iso: number | null;
                            aperture: number | null;
                            focal_length: number | null;
                            exposure: number | null;
                            description: string | null;
                            creator: string | null;
                            content_hash: string | null;
                            edited_fields: string[];
                            batch: string | null;
                            source: string;
                            metadata: {
                                [key: string]: unknown;
                            } | null;
                            metadata_failure: string | null;
                            copied_from: components["schemas"]["CopiedFrom"] | null;
                            versions: number;
                        };
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/pictures/{picture_id}/file": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    variant?: "original" | "small" | "medium" | "large";
                    version?: number | null;
                    download?: boolean;
                };
                header?: never;
                path: {
                    picture_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                302: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
            };
        };
        put: {
            parameters: {
                query?: {
                    filename?: string;
                    tags?: string;
                    file_date?: string;
                    batch?: string;
                };
                header?: {
                    "X-Filename"?: string;
                    "X-Content-SHA256"?: string;
                    "Content-Digest"?: string;
                };
                path: {
                    picture_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "multipart/form-data": {
                        /** Format: binary */
                        file: string;
                        tags?: string;
                        file_date?: string;
                        filename?: string;
                        /** Format: uuid */
                        batch?: string;
                    };
                    "application/octet-stream": string;
                    "image/*": string;
                    "video/*": string;
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            changed: boolean;
                            version: number;
                            sha256: string;
                            size: number;
                            /** @enum {string} */
                            state: "processing" | "ready" | "failed";
                        };
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": unknown;
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": unknown;
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": unknown;
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": unknown;
                    };
                };
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": unknown;
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": unknown;
                    };
                };
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": unknown;
                    };
                };
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": unknown;
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": unknown;
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": unknown;
                    };
                };
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": unknown;
                    };
                };
                507: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": unknown;
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pictures/batch/metadata": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        selection: components["schemas"]["SelectionIn"];
                        /** @default null */
                        set?: components["schemas"]["PictureEdit"] | null;
                        /** @default null */
                        gps?: components["schemas"]["PositionCopy"] | null;
                        /** @default null */
                        shift?: components["schemas"]["SecondsShift"] | components["schemas"]["ZoneShift"] | string | null;
                        /** @default null */
                        turn?: (90 | 180 | 270) | null;
                        /** @default false */
                        dry_run?: boolean;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            affected: number;
                            operation: string | null;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/library": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            trash_days: number | null;
                            default_trash_days: number;
                            /** @enum {string} */
                            version_mode: "none" | "original" | "all";
                            write_metadata: boolean;
                            keywords_root: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @default null */
                        trash_days?: number | null;
                        /**
                         * @default all
                         * @enum {string}
                         */
                        version_mode?: "none" | "original" | "all";
                        /** @default true */
                        write_metadata?: boolean;
                        /** @default null */
                        keywords_root?: string | null;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            trash_days: number | null;
                            default_trash_days: number;
                            /** @enum {string} */
                            version_mode: "none" | "original" | "all";
                            write_metadata: boolean;
                            keywords_root: string | null;
                        };
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/pictures/{picture_id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    picture_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            filename: string;
                            media_type: string;
                            /** @enum {string} */
                            kind: "image" | "raw" | "video" | "other";
                            /** @enum {string} */
                            state: "processing" | "ready" | "failed";
                            failure: string | null;
                            width: number | null;
                            height: number | null;
                            duration: number | null;
                            captured_at: string | null;
                            utc_offset: number | null;
                            date_source: string;
                            sorted_at: string;
                            blurhash: string | null;
                            thumbnails: components["schemas"]["Thumbnails"];
                            rating: number | null;
                            title: string | null;
                            latitude: number | null;
                            longitude: number | null;
                            size: number;
                            sha256: string | null;
                            tags: string[];
                            owner: string | null;
                            received: components["schemas"]["Received"] | null;
                            /** @enum {string} */
                            availability: "ok" | "owner_offline";
                            version: number;
                            revision: number;
                            ingested_at: string;
                            edited_at: string;
                            deleted_at: string | null;
                            metadata_state: ("pending" | "synced" | "failed" | "unsupported") | null;
                            orientation: number | null;
                            file_date: string | null;
                            altitude: number | null;
                            camera_make: string | null;
                            camera_model: string | null;
                            lens: string | null;
                            iso: number | null;
                            aperture: number | null;
                            focal_length: number | null;
                            exposure: number | null;
                            description: string | null;
                            creator: string | null;
                            content_hash: string | null;
                            edited_fields: string[];
                            batch: string | null;
                            source: string;
                            metadata: {
                                [key: string]: unknown;
                            } | null;
                            metadata_failure: string | null;
                            copied_from: components["schemas"]["CopiedFrom"] | null;
                            versions: number;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pictures/batch/trash": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        selection: components["schemas"]["SelectionIn"];
                        /** @default false */
                        dry_run?: boolean;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            affected: number;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pictures/batch/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        selection: components["schemas"]["SelectionIn"];
                        /** @default false */
                        dry_run?: boolean;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            affected: number;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/trash": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            purged: number;
                            complete: boolean;
                        };
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/trash/purge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @default null */
                        ids?: string[] | null;
                        /** @default null */
                        selection?: components["schemas"]["SelectionIn"] | null;
                        /** @default false */
                        dry_run?: boolean;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            purged: number;
                            complete: boolean;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tags": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["TagItem"][];
                        };
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        path: string;
                        /** @default null */
                        description?: string | null;
                        /** @default null */
                        colour?: string | null;
                    };
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            id: number;
                            path: string;
                            name: string;
                            parent: string | null;
                            depth: number;
                            count: number;
                            total: number;
                            description: string;
                            colour: string | null;
                            position: number;
                            cover: components["schemas"]["Cover"] | null;
                        };
                    };
                };
            };
        };
        delete: {
            parameters: {
                query?: {
                    path?: string;
                    dry_run?: boolean;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            deleted: number;
                            affected: number;
                            /** @default 0 */
                            services: number;
                        };
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch: {
            parameters: {
                query?: {
                    path?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @default null */
                        description?: string | null;
                        /** @default null */
                        colour?: string | null;
                        /** @default null */
                        cover?: string | null;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            id: number;
                            path: string;
                            name: string;
                            parent: string | null;
                            depth: number;
                            count: number;
                            total: number;
                            description: string;
                            colour: string | null;
                            position: number;
                            cover: components["schemas"]["Cover"] | null;
                        };
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/tags/order": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @default null */
                        parent?: string | null;
                        names: string[];
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["TagItem"][];
                        };
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tags/rename": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        path: string;
                        new_path: string;
                        /** @default false */
                        dry_run?: boolean;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            id: number;
                            path: string;
                            name: string;
                            parent: string | null;
                            depth: number;
                            count: number;
                            total: number;
                            description: string;
                            colour: string | null;
                            position: number;
                            cover: components["schemas"]["Cover"] | null;
                            affected: number;
                            /** @default 0 */
                            services: number;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tags/merge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        path: string;
                        into: string;
                        /** @default false */
                        dry_run?: boolean;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            id: number;
                            path: string;
                            name: string;
                            parent: string | null;
                            depth: number;
                            count: number;
                            total: number;
                            description: string;
                            colour: string | null;
                            position: number;
                            cover: components["schemas"]["Cover"] | null;
                            affected: number;
                            /** @default 0 */
                            services: number;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pictures/batch/tags": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        selection: components["schemas"]["SelectionIn"];
                        add?: string[];
                        remove?: string[];
                        /** @default false */
                        dry_run?: boolean;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            affected: number;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pictures/{picture_id}/tags": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    picture_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["CarriedItem"][];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    tag?: string[];
                    any_tag?: string[];
                    not_tag?: string[];
                    exact?: boolean;
                    untagged?: boolean;
                    trash?: boolean;
                    state?: ("processing" | "ready" | "failed") | null;
                    collapse?: boolean;
                    q?: string;
                    order?: "asc" | "desc";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["BucketItem"][];
                            total: number;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/timeline/bucket": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    tag?: string[];
                    any_tag?: string[];
                    not_tag?: string[];
                    exact?: boolean;
                    untagged?: boolean;
                    trash?: boolean;
                    state?: ("processing" | "ready" | "failed") | null;
                    collapse?: boolean;
                    q?: string;
                    order?: "asc" | "desc";
                    key?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            key: string;
                            count: number;
                            next: string | null;
                            ids: string[];
                            ratio: (number | null)[];
                            blurhash: (string | null)[];
                            sorted_at: string[];
                            kind: ("image" | "raw" | "video" | "other")[];
                            state: ("processing" | "ready" | "failed")[];
                            name: string[];
                            duration: (number | null)[];
                            rating: (number | null)[];
                            thumbnails: (string | null)[];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/timeline/days": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    tag?: string[];
                    any_tag?: string[];
                    not_tag?: string[];
                    exact?: boolean;
                    untagged?: boolean;
                    trash?: boolean;
                    state?: ("processing" | "ready" | "failed") | null;
                    collapse?: boolean;
                    q?: string;
                    from?: string | null;
                    to?: string | null;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            days: string[];
                            counts: number[];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/map": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    tag?: string[];
                    any_tag?: string[];
                    not_tag?: string[];
                    exact?: boolean;
                    untagged?: boolean;
                    trash?: boolean;
                    state?: ("processing" | "ready" | "failed") | null;
                    collapse?: boolean;
                    q?: string;
                    south?: number;
                    west?: number;
                    north?: number;
                    east?: number;
                    zoom?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["MapCluster"][];
                            total: number;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/services": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["ServiceItem"][];
                            pending: boolean;
                        };
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @enum {string} */
                        kind: "rule" | "segmentation" | "share_mapping";
                        name: string;
                        requires?: string[];
                        excludes?: string[];
                        /** @default true */
                        enabled?: boolean;
                        config: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            id: number;
                            /** @enum {string} */
                            kind: "rule" | "segmentation" | "share_mapping";
                            name: string;
                            position: number;
                            enabled: boolean;
                            requires: string[];
                            excludes: string[];
                            config: {
                                [key: string]: unknown;
                            };
                            /** @enum {string} */
                            state: "ready" | "pending" | "disabled" | "broken" | "failed";
                            reason: string | null;
                            revision: number;
                            created_at: string;
                            updated_at: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/services/order": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        ids: number[];
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["ServiceItem"][];
                            pending: boolean;
                        };
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/services/dry-run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @default  */
                        name?: string;
                        requires?: string[];
                        excludes?: string[];
                        /** @default true */
                        enabled?: boolean;
                        config?: {
                            [key: string]: unknown;
                        };
                        /** @default null */
                        id?: number | null;
                        /** @default null */
                        kind?: ("rule" | "segmentation" | "share_mapping") | null;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            affected: number;
                            items: components["schemas"]["TagDifference"][];
                            complete: boolean;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/services/condition": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        when: {
                            [key: string]: unknown;
                        } | string;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            tree: {
                                [key: string]: unknown;
                            };
                            query: string | null;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/services/{service_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    service_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            id: number;
                            /** @enum {string} */
                            kind: "rule" | "segmentation" | "share_mapping";
                            name: string;
                            position: number;
                            enabled: boolean;
                            requires: string[];
                            excludes: string[];
                            config: {
                                [key: string]: unknown;
                            };
                            /** @enum {string} */
                            state: "ready" | "pending" | "disabled" | "broken" | "failed";
                            reason: string | null;
                            revision: number;
                            created_at: string;
                            updated_at: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: {
                    promote?: boolean;
                };
                header?: never;
                path: {
                    service_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    service_id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @default  */
                        name?: string;
                        requires?: string[];
                        excludes?: string[];
                        /** @default true */
                        enabled?: boolean;
                        config?: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            id: number;
                            /** @enum {string} */
                            kind: "rule" | "segmentation" | "share_mapping";
                            name: string;
                            position: number;
                            enabled: boolean;
                            requires: string[];
                            excludes: string[];
                            config: {
                                [key: string]: unknown;
                            };
                            /** @enum {string} */
                            state: "ready" | "pending" | "disabled" | "broken" | "failed";
                            reason: string | null;
                            revision: number;
                            created_at: string;
                            updated_at: string;
                        };
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/searches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["SearchItem"][];
                        };
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        name: string;
                        query: string;
                    };
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            query: string;
                            revision: number;
                            created_at: string;
                            edited_at: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/searches/{search_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    search_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            query: string;
                            revision: number;
                            created_at: string;
                            edited_at: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    search_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: never;
        };
        options?: never;
        head?: never;
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    search_id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @default null */
                        name?: string | null;
                        /** @default null */
                        query?: string | null;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            query: string;
                            revision: number;
                            created_at: string;
                            edited_at: string;
                        };
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/search/suggestions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    q?: string;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["SuggestionItem"][];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/search/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    q?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            fault: components["schemas"]["QueryFault"] | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: string | null;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["OperationItem"][];
                            next: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operations/{operation_id}/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    operation_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            undone: string;
                            operation: string | null;
                            affected: number;
                            skipped: number;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operations/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @default null */
                        operations?: string[] | null;
                        /** @default null */
                        since?: string | null;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["UndoneItem"][];
                            refused: components["schemas"]["RefusedItem"][];
                            affected: number;
                            skipped: number;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pictures/aggregate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        selection: components["schemas"]["SelectionIn"];
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            count: number;
                            bytes: number;
                            kinds: {
                                [key: string]: number;
                            };
                            located: number;
                            ratings: {
                                [key: string]: number;
                            };
                            ranges: {
                                [key: string]: components["schemas"]["Range"];
                            };
                            cameras: components["schemas"]["Camera"][];
                            lenses: components["schemas"]["Lens"][];
                            common: {
                                [key: string]: unknown;
                            };
                            tags: components["schemas"]["CarriedBy"][];
                            more_tags: boolean;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pictures/batch/download": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        selection: components["schemas"]["SelectionIn"];
                        /** @default pictures.zip */
                        filename?: string;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            url: string | null;
                            pictures: number;
                            bytes: number;
                            expires_at: string | null;
                            downloads: components["schemas"]["DownloadPart"][];
                            missing: number;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/duplicates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    kind?: "content" | "similar";
                    state?: "open" | "settled";
                    limit?: number;
                    cursor?: string | null;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["GroupItem"][];
                            next: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/duplicates/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            similar_distance: number;
                        };
                    };
                };
            };
        };
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        similar_distance: number;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            similar_distance: number;
                        };
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/duplicates/{group_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    group_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            /** @enum {string} */
                            kind: "content" | "similar";
                            /** @enum {string} */
                            state: "open" | "settled";
                            verdict: ("kept" | "different" | "same") | null;
                            /** Format: uuid */
                            shown: string;
                            total: number;
                            pictures: components["schemas"]["PictureItem"][];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    group_id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** Format: uuid */
                        shown: string;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            /** @enum {string} */
                            kind: "content" | "similar";
                            /** @enum {string} */
                            state: "open" | "settled";
                            verdict: ("kept" | "different" | "same") | null;
                            /** Format: uuid */
                            shown: string;
                            total: number;
                            pictures: components["schemas"]["PictureItem"][];
                        };
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/duplicates/{group_id}/verdict": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    group_id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        keep?: string[];
                        trash?: string[];
                        different?: string[];
                        same?: string[];
                        /** @default false */
                        merge_tags?: boolean;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            trashed: number;
                            group: components["schemas"]["GroupItem"];
                        };
                    };
                };
            };
        };
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    group_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            restored: number;
                            group: components["schemas"]["GroupItem"];
                        };
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        files: components["schemas"]["AnnouncedFile"][];
                        /** @default null */
                        batch?: string | null;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["AnnounceItem"][];
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads/{upload_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    upload_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            known: boolean;
                            /** Format: uuid */
                            id: string;
                            /** @default null */
                            in_trash: boolean | null;
                            /** @default null */
                            state: ("open" | "done") | null;
                            /** @default null */
                            filename: string | null;
                            /** @default null */
                            size: number | null;
                            /** @default null */
                            sha256: string | null;
                            /** @default null */
                            batch: string | null;
                            /** @default null */
                            picture: string | null;
                            /** @default null */
                            expires_at: string | null;
                            /** @default null */
                            parts: components["schemas"]["UploadPart"][] | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    upload_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads/{upload_id}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    upload_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            duplicate: boolean;
                            in_trash: boolean;
                            filename: string;
                            sha256: string;
                            size: number;
                            media_type: string;
                            /** @enum {string} */
                            kind: "image" | "raw" | "video" | "other";
                            /** @enum {string} */
                            state: "processing" | "ready" | "failed";
                            tags: string[];
                        };
                    };
                };
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            duplicate: boolean;
                            in_trash: boolean;
                            filename: string;
                            sha256: string;
                            size: number;
                            media_type: string;
                            /** @enum {string} */
                            kind: "image" | "raw" | "video" | "other";
                            /** @enum {string} */
                            state: "processing" | "ready" | "failed";
                            tags: string[];
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pictures/{picture_id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    picture_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            current: number;
                            items: components["schemas"]["VersionItem"][];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pictures/{picture_id}/versions/{number}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    picture_id: string;
                    number: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            changed: boolean;
                            version: number;
                            /** @enum {string} */
                            state: "processing" | "ready" | "failed";
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pictures/{picture_id}/versions/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    picture_id: string;
                    number: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: never;
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pictures/{picture_id}/sidecar": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    picture_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pictures/{picture_id}/copy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    picture_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            state: "waiting" | "done" | "failed";
                            picture: string | null;
                            duplicate: boolean;
                            failure: string | null;
                            created_at: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    picture_id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        tags?: string[];
                    };
                };
            };
            responses: {
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            state: "waiting" | "done" | "failed";
                            picture: string | null;
                            duplicate: boolean;
                            failure: string | null;
                            created_at: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["LinkItem"][];
                        };
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @default null */
                        name?: string | null;
                        /** @default null */
                        password?: string | null;
                        /** @default null */
                        ends_at?: string | null;
                        /** @default false */
                        originals?: boolean;
                        /** @default false */
                        upload?: boolean;
                        upload_quota?: components["schemas"]["UploadQuota"];
                        tag: string;
                    };
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            tag: string | null;
                            state: string;
                            password: boolean;
                            ends_at: string | null;
                            originals: boolean;
                            upload: boolean;
                            upload_quota: components["schemas"]["UploadQuota"];
                            uploaded: components["schemas"]["Uploaded"];
                            created_at: string;
                            url: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/links/{link_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    link_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            tag: string | null;
                            state: string;
                            password: boolean;
                            ends_at: string | null;
                            originals: boolean;
                            upload: boolean;
                            upload_quota: components["schemas"]["UploadQuota"];
                            uploaded: components["schemas"]["Uploaded"];
                            created_at: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    link_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: never;
        };
        options?: never;
        head?: never;
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    link_id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @default null */
                        name?: string | null;
                        /** @default null */
                        password?: string | null;
                        /** @default null */
                        ends_at?: string | null;
                        /** @default false */
                        originals?: boolean;
                        /** @default false */
                        upload?: boolean;
                        upload_quota?: components["schemas"]["UploadQuota"];
                        /** @default null */
                        tag?: string | null;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            tag: string | null;
                            state: string;
                            password: boolean;
                            ends_at: string | null;
                            originals: boolean;
                            upload: boolean;
                            upload_quota: components["schemas"]["UploadQuota"];
                            uploaded: components["schemas"]["Uploaded"];
                            created_at: string;
                        };
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/links/{link_id}/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    cursor?: string | null;
                    limit?: number;
                };
                header?: never;
                path: {
                    link_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["UploadItem"][];
                            next: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/shares": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    ended?: boolean;
                    cursor?: string | null;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["ShareItem"][];
                            next: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        tag: string;
                        /** @default null */
                        recipient?: string | null;
                        /** @default  */
                        name?: string;
                        /** @default  */
                        message?: string;
                        /** @default true */
                        originals?: boolean;
                        /** @default true */
                        future?: boolean;
                        /** @default 0 */
                        reshare_depth?: number;
                        /** @default false */
                        share_back?: boolean;
                        /** @default false */
                        copy?: boolean;
                        /** @default false */
                        metadata_edit?: boolean;
                        /** @default null */
                        ends_at?: string | null;
                        /** @default null */
                        share_back_of?: string | null;
                        /** @default null */
                        moved_from?: string | null;
                    };
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            url: string;
                            /** @enum {string} */
                            state: "pending" | "active" | "declined" | "revoked" | "left" | "expired";
                            tag: string | null;
                            recipient: string;
                            recipient_name: string;
                            name: string;
                            message: string;
                            originals: boolean;
                            future: boolean;
                            reshare_depth: number;
                            share_back: boolean;
                            copy: boolean;
                            metadata_edit: boolean;
                            ends_at: string | null;
                            share_back_of: string | null;
                            moved_from: string | null;
                            pictures: number;
                            created_at: string;
                            answered_at: string | null;
                            ended_at: string | null;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/shares/{share_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    share_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            url: string;
                            /** @enum {string} */
                            state: "pending" | "active" | "declined" | "revoked" | "left" | "expired";
                            tag: string | null;
                            recipient: string;
                            recipient_name: string;
                            name: string;
                            message: string;
                            originals: boolean;
                            future: boolean;
                            reshare_depth: number;
                            share_back: boolean;
                            copy: boolean;
                            metadata_edit: boolean;
                            ends_at: string | null;
                            share_back_of: string | null;
                            moved_from: string | null;
                            pictures: number;
                            created_at: string;
                            answered_at: string | null;
                            ended_at: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    share_id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @default null */
                        name?: string | null;
                        /** @default null */
                        message?: string | null;
                        /** @default null */
                        originals?: boolean | null;
                        /** @default null */
                        future?: boolean | null;
                        /** @default null */
                        reshare_depth?: number | null;
                        /** @default null */
                        share_back?: boolean | null;
                        /** @default null */
                        copy?: boolean | null;
                        /** @default null */
                        metadata_edit?: boolean | null;
                        /** @default null */
                        ends_at?: string | null;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            url: string;
                            /** @enum {string} */
                            state: "pending" | "active" | "declined" | "revoked" | "left" | "expired";
                            tag: string | null;
                            recipient: string;
                            recipient_name: string;
                            name: string;
                            message: string;
                            originals: boolean;
                            future: boolean;
                            reshare_depth: number;
                            share_back: boolean;
                            copy: boolean;
                            metadata_edit: boolean;
                            ends_at: string | null;
                            share_back_of: string | null;
                            moved_from: string | null;
                            pictures: number;
                            created_at: string;
                            answered_at: string | null;
                            ended_at: string | null;
                        };
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/shares/{share_id}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    share_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            url: string;
                            /** @enum {string} */
                            state: "pending" | "active" | "declined" | "revoked" | "left" | "expired";
                            tag: string | null;
                            recipient: string;
                            recipient_name: string;
                            name: string;
                            message: string;
                            originals: boolean;
                            future: boolean;
                            reshare_depth: number;
                            share_back: boolean;
                            copy: boolean;
                            metadata_edit: boolean;
                            ends_at: string | null;
                            share_back_of: string | null;
                            moved_from: string | null;
                            pictures: number;
                            created_at: string;
                            answered_at: string | null;
                            ended_at: string | null;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/shares/{share_id}/holders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    cursor?: string | null;
                    limit?: number;
                };
                header?: never;
                path: {
                    share_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["HolderItem"][];
                            next: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/shares/{share_id}/holders/{holder_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    share_id: string;
                    holder_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            holders: number;
                        };
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pictures/{picture_id}/holders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    cursor?: string | null;
                    limit?: number;
                };
                header?: never;
                path: {
                    picture_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["HoldingItem"][];
                            next: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/holders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    cursor?: number;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["PersonItem"][];
                            next: number | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/shares/incoming": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    cursor?: number | null;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["IncomingItem"][];
                            next: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/shares/incoming/{share_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    share_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            url: string;
                            /** @enum {string} */
                            state: "pending" | "active" | "declined" | "left" | "revoked" | "expired";
                            sender: string;
                            sender_name: string;
                            name: string;
                            message: string;
                            path: string;
                            tag: string;
                            originals: boolean;
                            future: boolean;
                            reshare_depth: number;
                            share_back: boolean;
                            copy: boolean;
                            metadata_edit: boolean;
                            ends_at: string | null;
                            share_back_of: string | null;
                            pictures: number;
                            glimpse: components["schemas"]["GlimpseItem"] | null;
                            created_at: string;
                            answered_at: string | null;
                            ended_at: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/shares/incoming/{share_id}/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    share_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            url: string;
                            /** @enum {string} */
                            state: "pending" | "active" | "declined" | "left" | "revoked" | "expired";
                            sender: string;
                            sender_name: string;
                            name: string;
                            message: string;
                            path: string;
                            tag: string;
                            originals: boolean;
                            future: boolean;
                            reshare_depth: number;
                            share_back: boolean;
                            copy: boolean;
                            metadata_edit: boolean;
                            ends_at: string | null;
                            share_back_of: string | null;
                            pictures: number;
                            glimpse: components["schemas"]["GlimpseItem"] | null;
                            created_at: string;
                            answered_at: string | null;
                            ended_at: string | null;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/shares/incoming/{share_id}/decline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    share_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            url: string;
                            /** @enum {string} */
                            state: "pending" | "active" | "declined" | "left" | "revoked" | "expired";
                            sender: string;
                            sender_name: string;
                            name: string;
                            message: string;
                            path: string;
                            tag: string;
                            originals: boolean;
                            future: boolean;
                            reshare_depth: number;
                            share_back: boolean;
                            copy: boolean;
                            metadata_edit: boolean;
                            ends_at: string | null;
                            share_back_of: string | null;
                            pictures: number;
                            glimpse: components["schemas"]["GlimpseItem"] | null;
                            created_at: string;
                            answered_at: string | null;
                            ended_at: string | null;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/shares/incoming/{share_id}/leave": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    share_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            url: string;
                            /** @enum {string} */
                            state: "pending" | "active" | "declined" | "left" | "revoked" | "expired";
                            sender: string;
                            sender_name: string;
                            name: string;
                            message: string;
                            path: string;
                            tag: string;
                            originals: boolean;
                            future: boolean;
                            reshare_depth: number;
                            share_back: boolean;
                            copy: boolean;
                            metadata_edit: boolean;
                            ends_at: string | null;
                            share_back_of: string | null;
                            pictures: number;
                            glimpse: components["schemas"]["GlimpseItem"] | null;
                            created_at: string;
                            answered_at: string | null;
                            ended_at: string | null;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    unread?: boolean;
                    cursor?: number | null;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["NoticeItem"][];
                            unread: number;
                            next: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notices/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @default null */
                        ids?: number[] | null;
                        /** @default null */
                        up_to?: number | null;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            read: number;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pictures/{picture_id}/examine": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    picture_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            filename: string;
                            media_type: string;
                            /** @enum {string} */
                            kind: "image" | "raw" | "video" | "other";
                            /** @enum {string} */
                            state: "processing" | "ready" | "failed";
                            failure: string | null;
                            width: number | null;
                            height: number | null;
                            duration: number | null;
                            captured_at: string | null;
                            utc_offset: number | null;
                            date_source: string;
                            sorted_at: string;
                            blurhash: string | null;
                            thumbnails: components["schemas"]["Thumbnails"];
                            rating: number | null;
                            title: string | null;
                            latitude: number | null;
                            longitude: number | null;
                            size: number;
                            sha256: string | null;
                            tags: string[];
                            owner: string | null;
                            received: components["schemas"]["Received"] | null;
                            /** @enum {string} */
                            availability: "ok" | "owner_offline";
                            version: number;
                            revision: number;
                            ingested_at: string;
                            edited_at: string;
                            deleted_at: string | null;
                            metadata_state: ("pending" | "synced" | "failed" | "unsupported") | null;
                            orientation: number | null;
                            file_date: string | null;
                            altitude: number | null;
                            camera_make: string | null;
                            camera_model: string | null;
                            lens: string | null;
                            iso: number | null;
                            aperture: number | null;
                            focal_length: number | null;
                            exposure: number | null;
                            description: string | null;
                            creator: string | null;
                            content_hash: string | null;
                            edited_fields: string[];
                            batch: string | null;
                            source: string;
                            metadata: {
                                [key: string]: unknown;
                            } | null;
                            metadata_failure: string | null;
                            copied_from: components["schemas"]["CopiedFrom"] | null;
                            versions: number;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pictures/{picture_id}/metadata/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    picture_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            filename: string;
                            media_type: string;
                            /** @enum {string} */
                            kind: "image" | "raw" | "video" | "other";
                            /** @enum {string} */
                            state: "processing" | "ready" | "failed";
                            failure: string | null;
                            width: number | null;
                            height: number | null;
                            duration: number | null;
                            captured_at: string | null;
                            utc_offset: number | null;
                            date_source: string;
                            sorted_at: string;
                            blurhash: string | null;
                            thumbnails: components["schemas"]["Thumbnails"];
                            rating: number | null;
                            title: string | null;
                            latitude: number | null;
                            longitude: number | null;
                            size: number;
                            sha256: string | null;
                            tags: string[];
                            owner: string | null;
                            received: components["schemas"]["Received"] | null;
                            /** @enum {string} */
                            availability: "ok" | "owner_offline";
                            version: number;
                            revision: number;
                            ingested_at: string;
                            edited_at: string;
                            deleted_at: string | null;
                            metadata_state: ("pending" | "synced" | "failed" | "unsupported") | null;
                            orientation: number | null;
                            file_date: string | null;
                            altitude: number | null;
                            camera_make: string | null;
                            camera_model: string | null;
                            lens: string | null;
                            iso: number | null;
                            aperture: number | null;
                            focal_length: number | null;
                            exposure: number | null;
                            description: string | null;
                            creator: string | null;
                            content_hash: string | null;
                            edited_fields: string[];
                            batch: string | null;
                            source: string;
                            metadata: {
                                [key: string]: unknown;
                            } | null;
                            metadata_failure: string | null;
                            copied_from: components["schemas"]["CopiedFrom"] | null;
                            versions: number;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pictures/batch/examine": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        selection: components["schemas"]["SelectionIn"];
                        /** @default false */
                        dry_run?: boolean;
                        /** @default false */
                        all?: boolean;
                    };
                };
            };
            responses: {
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            affected: number;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pictures/batch/metadata/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        selection: components["schemas"]["SelectionIn"];
                        /** @default false */
                        dry_run?: boolean;
                    };
                };
            };
            responses: {
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            affected: number;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/hierarchies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["HierarchyItem"][];
                        };
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        name: string;
                        /** @default null */
                        slug?: string | null;
                        /** @default null */
                        config?: {
                            [key: string]: unknown;
                        } | null;
                    };
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            slug: string;
                            name: string;
                            config: {
                                [key: string]: unknown;
                            };
                            problems: components["schemas"]["Problem"][];
                            revision: number;
                            created_at: string;
                            updated_at: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/hierarchies/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        config: {
                            [key: string]: unknown;
                        };
                        /** @default / */
                        path?: string;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            folder: components["schemas"]["FolderItem"];
                            items: {
                                [key: string]: unknown;
                            }[];
                            next: string | null;
                            problems: components["schemas"]["Problem"][];
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/hierarchies/{hierarchy_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    hierarchy_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            slug: string;
                            name: string;
                            config: {
                                [key: string]: unknown;
                            };
                            problems: components["schemas"]["Problem"][];
                            revision: number;
                            created_at: string;
                            updated_at: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    hierarchy_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    hierarchy_id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @default  */
                        name?: string;
                        /** @default  */
                        slug?: string;
                        config?: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            slug: string;
                            name: string;
                            config: {
                                [key: string]: unknown;
                            };
                            problems: components["schemas"]["Problem"][];
                            revision: number;
                            created_at: string;
                            updated_at: string;
                        };
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/hierarchies/{hierarchy_id}/tree": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    path?: string;
                    depth?: number;
                };
                header?: never;
                path: {
                    hierarchy_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            folder: components["schemas"]["FolderItem"];
                            complete: boolean;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/hierarchies/{hierarchy_id}/browse": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    path?: string;
                    limit?: number;
                    cursor?: string | null;
                };
                header?: never;
                path: {
                    hierarchy_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            folder: components["schemas"]["FolderItem"];
                            items: {
                                [key: string]: unknown;
                            }[];
                            next: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/hierarchies/{hierarchy_id}/nodes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    hierarchy_id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        node: {
                            [key: string]: unknown;
                        };
                        /** @default null */
                        parent?: string | null;
                        /** @default null */
                        position?: number | null;
                    };
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            node: {
                                [key: string]: unknown;
                            };
                            parent: string | null;
                            path: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/hierarchies/{hierarchy_id}/nodes/{node_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    hierarchy_id: string;
                    node_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    hierarchy_id: string;
                    node_id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        node?: {
                            [key: string]: unknown;
                        };
                        /** @default null */
                        parent?: string | null;
                        /** @default null */
                        position?: number | null;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            node: {
                                [key: string]: unknown;
                            };
                            parent: string | null;
                            path: string;
                        };
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/hierarchies/{hierarchy_id}/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    hierarchy_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["TokenItem"][];
                        };
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    hierarchy_id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        name: string;
                        /** @default false */
                        read_only?: boolean;
                        /** @default false */
                        redirect?: boolean;
                    };
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            id: number;
                            name: string;
                            read_only: boolean;
                            redirect: boolean;
                            created_at: string;
                            last_used_at: string | null;
                            last_address: string | null;
                            brake: components["schemas"]["Held"];
                            token: string;
                            url: string;
                            username: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/hierarchies/{hierarchy_id}/tokens/{token_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    hierarchy_id: string;
                    token_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: never;
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/hierarchies/{hierarchy_id}/tokens/{token_id}/allow": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    hierarchy_id: string;
                    token_id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @default 10 */
                        minutes?: number;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            allowed_until: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/hierarchies/{hierarchy_id}/tokens/{token_id}/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    hierarchy_id: string;
                    token_id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @default null */
                        since?: string | null;
                        /** @default null */
                        minutes?: number | null;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["UndoneItem"][];
                            refused: components["schemas"]["RefusedItem"][];
                            affected: number;
                            skipped: number;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/hierarchies/{hierarchy_id}/locks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    hierarchy_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["LockItem"][];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/hierarchies/{hierarchy_id}/locks/{lock_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    hierarchy_id: string;
                    lock_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: never;
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/brake": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            files: number | null;
                            share: number | null;
                            seconds: number;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @default null */
                        files?: number | null;
                        /** @default null */
                        share?: number | null;
                        /** @default 60 */
                        seconds?: number;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            files: number | null;
                            share: number | null;
                            seconds: number;
                        };
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/mutes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    cursor?: string | null;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["AversionItem"][];
                            next: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @default null */
                        handle?: string | null;
                        /** @default null */
                        host?: string | null;
                        /** @default null */
                        ends_at?: string | null;
                    };
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            uri: string | null;
                            handle: string | null;
                            host: string | null;
                            created_at: string;
                            ends_at: string | null;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/mutes/{mute_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    mute_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: never;
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/blocks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    cursor?: string | null;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["AversionItem"][];
                            next: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @default null */
                        handle?: string | null;
                        /** @default null */
                        host?: string | null;
                    };
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            uri: string | null;
                            handle: string | null;
                            host: string | null;
                            created_at: string;
                            ends_at: string | null;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/blocks/{block_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    block_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: never;
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    cursor?: string | null;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["OwnReport"][];
                            next: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        handle: string;
                        objects?: string[];
                        /** @default  */
                        comment?: string;
                    };
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            subject: string;
                            objects: string[];
                            comment: string;
                            created_at: string;
                            /** @enum {string} */
                            state: "open" | "resolved" | "dismissed";
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/federation/hosts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    policy?: ("blocked" | "limited" | "allowed") | null;
                    cursor?: string | null;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["HostItem"][];
                            next: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/federation/hosts/{host}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    host: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            host: string;
                            /** @enum {string} */
                            policy: "blocked" | "limited" | "allowed";
                            note: string;
                            created_at: string;
                            changed_at: string;
                        };
                    };
                };
            };
        };
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    host: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @enum {string} */
                        policy: "blocked" | "limited" | "allowed";
                        /** @default  */
                        note?: string;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            host: string;
                            /** @enum {string} */
                            policy: "blocked" | "limited" | "allowed";
                            note: string;
                            created_at: string;
                            changed_at: string;
                        };
                    };
                };
            };
        };
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    host: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: never;
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/reports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    cursor?: string | null;
                    limit?: number;
                    state?: ("open" | "resolved" | "dismissed") | null;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["ReportItem"][];
                            next: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/reports/{report_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    report_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            subject: string;
                            objects: string[];
                            comment: string;
                            created_at: string;
                            /** @enum {string} */
                            state: "open" | "resolved" | "dismissed";
                            reporter: string | null;
                            from_actor: string | null;
                            host: string;
                            forwarded_at: string | null;
                            resolved_at: string | null;
                            resolved_by: string | null;
                            resolution: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    report_id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @enum {string} */
                        state: "open" | "resolved" | "dismissed";
                        /** @default  */
                        resolution?: string;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            subject: string;
                            objects: string[];
                            comment: string;
                            created_at: string;
                            /** @enum {string} */
                            state: "open" | "resolved" | "dismissed";
                            reporter: string | null;
                            from_actor: string | null;
                            host: string;
                            forwarded_at: string | null;
                            resolved_at: string | null;
                            resolved_by: string | null;
                            resolution: string;
                        };
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/admin/reports/{report_id}/forward": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    report_id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @default null */
                        comment?: string | null;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            subject: string;
                            objects: string[];
                            comment: string;
                            created_at: string;
                            /** @enum {string} */
                            state: "open" | "resolved" | "dismissed";
                            reporter: string | null;
                            from_actor: string | null;
                            host: string;
                            forwarded_at: string | null;
                            resolved_at: string | null;
                            resolved_by: string | null;
                            resolution: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/profile": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            handle: string;
                            uri: string;
                            display_name: string;
                            summary: string;
                            properties: components["schemas"]["PropertyOut"][];
                            avatar: string | null;
                            discoverable: boolean;
                            approves_followers: boolean;
                            shows_network: boolean;
                            also_known_as: string[];
                            moved_to: string | null;
                            updated_at: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @default null */
                        summary?: string | null;
                        /** @default null */
                        properties?: components["schemas"]["PropertyBody"][] | null;
                        /** @default null */
                        discoverable?: boolean | null;
                        /** @default null */
                        approves_followers?: boolean | null;
                        /** @default null */
                        shows_network?: boolean | null;
                        /** @default null */
                        also_known_as?: string[] | null;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            handle: string;
                            uri: string;
                            display_name: string;
                            summary: string;
                            properties: components["schemas"]["PropertyOut"][];
                            avatar: string | null;
                            discoverable: boolean;
                            approves_followers: boolean;
                            shows_network: boolean;
                            also_known_as: string[];
                            moved_to: string | null;
                            updated_at: string;
                        };
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/account/profile/avatar": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        picture: string;
                        /** @default null */
                        square?: components["schemas"]["SquareIn"] | null;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            handle: string;
                            uri: string;
                            display_name: string;
                            summary: string;
                            properties: components["schemas"]["PropertyOut"][];
                            avatar: string | null;
                            discoverable: boolean;
                            approves_followers: boolean;
                            shows_network: boolean;
                            also_known_as: string[];
                            moved_to: string | null;
                            updated_at: string;
                        };
                    };
                };
            };
        };
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            handle: string;
                            uri: string;
                            display_name: string;
                            summary: string;
                            properties: components["schemas"]["PropertyOut"][];
                            avatar: string | null;
                            discoverable: boolean;
                            approves_followers: boolean;
                            shows_network: boolean;
                            also_known_as: string[];
                            moved_to: string | null;
                            updated_at: string;
                        };
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/keys/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @default true */
                        announce?: boolean;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            handle: string;
                            uri: string;
                            display_name: string;
                            summary: string;
                            properties: components["schemas"]["PropertyOut"][];
                            avatar: string | null;
                            discoverable: boolean;
                            approves_followers: boolean;
                            shows_network: boolean;
                            also_known_as: string[];
                            moved_to: string | null;
                            updated_at: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/federation/keys/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/domain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            state: string;
                            domain: string;
                            origin: string;
                            key: string;
                            resolver_key: string | null;
                            shown_key: string | null;
                            neighbours: string[];
                            answered_at: string | null;
                            waiting: string[];
                            refused: string[];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/domain/forget": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/federation/queues": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    cursor?: string | null;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["QueueOut"][];
                            next: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/federation/queues/{host}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    host: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            host: string;
                            /** @enum {string} */
                            state: "open" | "unreachable" | "blocked";
                            waiting: number;
                            stalled: number;
                            oldest: string | null;
                            next_attempt: string | null;
                            failures: number;
                            failing_since: string | null;
                            last_error: string | null;
                            last_error_at: string | null;
                            last_reached: string | null;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/federation/queues/{host}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    host: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            dropped: number;
                        };
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/collections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["CollectionItem"][];
                        };
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        tag: string;
                        slug: string;
                        /** @default  */
                        name?: string;
                        /** @default  */
                        summary?: string;
                    };
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            tag: string | null;
                            slug: string;
                            handle: string;
                            url: string;
                            name: string;
                            summary: string;
                            pictures: number;
                            posts: number;
                            followers: number;
                            created_at: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/collections/{collection_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    collection_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            tag: string | null;
                            slug: string;
                            handle: string;
                            url: string;
                            name: string;
                            summary: string;
                            pictures: number;
                            posts: number;
                            followers: number;
                            created_at: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    collection_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: never;
        };
        options?: never;
        head?: never;
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    collection_id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @default null */
                        tag?: string | null;
                        /** @default null */
                        name?: string | null;
                        /** @default null */
                        summary?: string | null;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            tag: string | null;
                            slug: string;
                            handle: string;
                            url: string;
                            name: string;
                            summary: string;
                            pictures: number;
                            posts: number;
                            followers: number;
                            created_at: string;
                        };
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/collections/{collection_id}/posts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    cursor?: string | null;
                    limit?: number;
                };
                header?: never;
                path: {
                    collection_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["PostItem"][];
                            next: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/posts/{post_id}/replies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    cursor?: string | null;
                    limit?: number;
                };
                header?: never;
                path: {
                    post_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["ReplyItem"][];
                            next: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/replies/{reply_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    reply_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: never;
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    handle?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            uri: string;
                            handle: string;
                            type: string;
                            name: string;
                            summary: string;
                            icon_url: string | null;
                            url: string;
                            moved_to: string | null;
                            me: boolean;
                            local: boolean;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/follows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    state?: ("pending" | "accepted" | "rejected") | null;
                    cursor?: string | null;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["FollowItem"][];
                            next: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        handle: string;
                    };
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            /** @enum {string} */
                            state: "pending" | "accepted" | "rejected";
                            actor: components["schemas"]["ActorItem"];
                            created_at: string;
                            answered_at: string | null;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/follows/{follow_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    follow_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            /** @enum {string} */
                            state: "pending" | "accepted" | "rejected";
                            actor: components["schemas"]["ActorItem"];
                            created_at: string;
                            answered_at: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    follow_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: never;
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/followers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    of?: string | null;
                    state?: ("pending" | "accepted") | null;
                    cursor?: string | null;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["FollowerItem"][];
                            next: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/followers/{follower_id}/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    follower_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            /** @enum {string} */
                            state: "pending" | "accepted";
                            of: string;
                            actor: components["schemas"]["ActorItem"];
                            created_at: string;
                            accepted_at: string | null;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/followers/{follower_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    follower_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: never;
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/feed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    cursor?: string | null;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["FeedPost"][];
                            next: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/feed/{post_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    post_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            uri: string;
                            url: string | null;
                            author: components["schemas"]["ActorItem"];
                            via: components["schemas"]["ActorItem"] | null;
                            title: string;
                            content: string;
                            warning: string;
                            sensitive: boolean;
                            images: components["schemas"]["ImageItem"][];
                            published_at: string;
                            edited_at: string | null;
                            at: string;
                            liked: boolean;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/feed/{post_id}/like": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    post_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            uri: string;
                            url: string | null;
                            author: components["schemas"]["ActorItem"];
                            via: components["schemas"]["ActorItem"] | null;
                            title: string;
                            content: string;
                            warning: string;
                            sensitive: boolean;
                            images: components["schemas"]["ImageItem"][];
                            published_at: string;
                            edited_at: string | null;
                            at: string;
                            liked: boolean;
                        };
                    };
                };
            };
        };
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    post_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: never;
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/move": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            moved_to: string | null;
                            also_known_as: string[];
                            /** @enum {string} */
                            shares: "ask" | "always" | "never";
                        };
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        target: string;
                        password: string;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            moved_to: string | null;
                            also_known_as: string[];
                            /** @enum {string} */
                            shares: "ask" | "always" | "never";
                        };
                    };
                };
            };
        };
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            moved_to: string | null;
                            also_known_as: string[];
                            /** @enum {string} */
                            shares: "ask" | "always" | "never";
                        };
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @enum {string} */
                        shares: "ask" | "always" | "never";
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            moved_to: string | null;
                            also_known_as: string[];
                            /** @enum {string} */
                            shares: "ask" | "always" | "never";
                        };
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/shares/{share_id}/offer-again": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    share_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            url: string;
                            /** @enum {string} */
                            state: "pending" | "active" | "declined" | "revoked" | "left" | "expired";
                            tag: string | null;
                            recipient: string;
                            recipient_name: string;
                            name: string;
                            message: string;
                            originals: boolean;
                            future: boolean;
                            reshare_depth: number;
                            share_back: boolean;
                            copy: boolean;
                            metadata_edit: boolean;
                            ends_at: string | null;
                            share_back_of: string | null;
                            moved_from: string | null;
                            pictures: number;
                            created_at: string;
                            answered_at: string | null;
                            ended_at: string | null;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/downloads/{download_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query: {
                    key: string;
                };
                header?: never;
                path: {
                    download_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/zip": unknown;
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": unknown;
                    };
                };
                410: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": unknown;
                    };
                };
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": unknown;
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pictures/batch/gpx": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: {
                    parameters?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/gpx+xml": string;
                    "multipart/form-data": {
                        parameters: string;
                        /** Format: binary */
                        file: string;
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            affected: number;
                            undated: number;
                            without_offset: number;
                            located: number;
                            unmatched: number;
                            /** Format: uuid */
                            operation: string | null;
                        };
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": unknown;
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": unknown;
                    };
                };
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": unknown;
                    };
                };
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": unknown;
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": unknown;
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": unknown;
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/l/{secret}/upload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    secret: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "multipart/form-data": {
                        guest: string;
                        files: string[];
                    };
                };
            };
            responses: {
                303: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/html": unknown;
                    };
                };
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/html": unknown;
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/html": unknown;
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/html": unknown;
                    };
                };
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/html": unknown;
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/l/{secret}/zip": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    of?: "originals" | "previews";
                };
                header?: never;
                path: {
                    secret: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/zip": unknown;
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/html": unknown;
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/inbox": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/activity+json": Record<string, never>;
                };
            };
            responses: {
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            error?: string;
                        };
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            error?: string;
                        };
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            error?: string;
                        };
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            error?: string;
                        };
                    };
                };
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            error?: string;
                        };
                    };
                };
                410: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            error?: string;
                        };
                    };
                };
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            error?: string;
                        };
                    };
                };
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            error?: string;
                        };
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            error?: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/actor/inbox": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/activity+json": Record<string, never>;
                };
            };
            responses: {
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            error?: string;
                        };
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            error?: string;
                        };
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            error?: string;
                        };
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            error?: string;
                        };
                    };
                };
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            error?: string;
                        };
                    };
                };
                410: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            error?: string;
                        };
                    };
                };
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            error?: string;
                        };
                    };
                };
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            error?: string;
                        };
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            error?: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{name}/inbox": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
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
                    "application/activity+json": Record<string, never>;
                };
            };
            responses: {
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            error?: string;
                        };
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            error?: string;
                        };
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            error?: string;
                        };
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            error?: string;
                        };
                    };
                };
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            error?: string;
                        };
                    };
                };
                410: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            error?: string;
                        };
                    };
                };
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            error?: string;
                        };
                    };
                };
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            error?: string;
                        };
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            error?: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{name}/collections/{slug}/inbox": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                    slug: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/activity+json": Record<string, never>;
                };
            };
            responses: {
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            error?: string;
                        };
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            error?: string;
                        };
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            error?: string;
                        };
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            error?: string;
                        };
                    };
                };
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            error?: string;
                        };
                    };
                };
                410: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            error?: string;
                        };
                    };
                };
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            error?: string;
                        };
                    };
                };
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            error?: string;
                        };
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            error?: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pictures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": Record<string, never>;
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
                410: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/access": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": Record<string, never>;
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
                410: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/access/archives": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": Record<string, never>;
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
                410: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/access/archives/{archive_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query: {
                    key: string;
                };
                header?: never;
                path: {
                    archive_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/zip": unknown;
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": unknown;
                    };
                };
                410: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": unknown;
                    };
                };
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": unknown;
                    };
                };
            };
        };
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
        AccountOut: {
            name: string;
            display_name: string;
            is_admin: boolean;
            has_password: boolean;
            created_at: string;
        };
        SessionOut: {
            id: string;
            current: boolean;
            user_agent: string;
            address: string;
            created_at: string;
            last_used_at: string;
            expires_at: string;
        };
        TokenOut: {
            id: string;
            name: string;
            scopes: string[];
            created_at: string;
            last_used_at: string | null;
            expires_at: string | null;
        };
        AdminAccountOut: {
            name: string;
            display_name: string;
            is_admin: boolean;
            has_password: boolean;
            created_at: string;
            disabled_at: string | null;
            usage: components["schemas"]["UsageOut"];
        };
        UsageOut: {
            originals: number;
            versions: number;
            trash: number;
            uploading: number;
            used: number;
            quota: number | null;
            pictures: number;
            trashed: number;
        };
        InviteOut: {
            id: string;
            created_by: string;
            note: string;
            uses_left: number;
            created_at: string;
            expires_at: string;
        };
        AuditEntryOut: {
            id: string;
            at: string;
            actor: string | null;
            action: string;
            subject: string;
            address: string;
            details: {
                [key: string]: unknown;
            };
        };
        MapTiles: {
            template: string;
            credit: string;
        };
        JobCount: {
            kind: string;
            /** @enum {string} */
            state: "due" | "put off" | "leased" | "failed";
            count: number;
            oldest: string;
        };
        JobItem: {
            /** Format: uuid */
            id: string;
            kind: string;
            /** @enum {string} */
            state: "due" | "leased" | "failed";
            owner: string;
            /** Format: uuid */
            picture_id: string;
            attempts: number;
            crashes: number;
            error: string | null;
            worker: string | null;
            created_at: string;
            next_attempt_at: string;
            lease_until: string | null;
        };
        TotalsOut: {
            people: number;
            pictures: number;
            bytes: number;
        };
        BackupOut: {
            /** Format: uuid */
            id: string;
            made_at: string;
            ended_at: string;
            place: string;
            files: number;
            bytes: number;
            copied: number;
            copied_bytes: number;
            missing: number;
            sealed: boolean;
        };
        PictureItem: {
            /** Format: uuid */
            id: string;
            filename: string;
            media_type: string;
            /** @enum {string} */
            kind: "image" | "raw" | "video" | "other";
            /** @enum {string} */
            state: "processing" | "ready" | "failed";
            failure: string | null;
            width: number | null;
            height: number | null;
            duration: number | null;
            captured_at: string | null;
            utc_offset: number | null;
            date_source: string;
            sorted_at: string;
            blurhash: string | null;
            thumbnails: components["schemas"]["Thumbnails"];
            rating: number | null;
            title: string | null;
            latitude: number | null;
            longitude: number | null;
            size: number;
            sha256: string | null;
            tags: string[];
            owner: string | null;
            received: components["schemas"]["Received"] | null;
            /** @enum {string} */
            availability: "ok" | "owner_offline";
            version: number;
            revision: number;
            ingested_at: string;
            edited_at: string;
            deleted_at: string | null;
            metadata_state: ("pending" | "synced" | "failed" | "unsupported") | null;
        };
        Received: {
            senders: string[];
            shares: string[];
            leaves_at: string | null;
            copy: boolean;
            reshare: number;
            metadata_edit: boolean;
            originals: boolean;
        };
        Thumbnails: {
            small: string | null;
            medium: string | null;
            large: string | null;
        };
        CopiedFrom: {
            id: string;
            owner: string;
            at: string;
        };
        PictureEdit: {
            captured_at?: string | null;
            utc_offset?: number | null;
            latitude?: number | null;
            longitude?: number | null;
            altitude?: number | null;
            rating?: number | null;
            title?: string | null;
            description?: string | null;
            creator?: string | null;
            camera_make?: string | null;
            camera_model?: string | null;
            lens?: string | null;
            iso?: number | null;
            aperture?: number | null;
            focal_length?: number | null;
            exposure?: number | null;
            orientation?: number | null;
            filename?: string | null;
        };
        PositionCopy: {
            /** Format: uuid */
            copy_from: string;
        };
        QueryFields: {
            tag?: string[];
            any_tag?: string[];
            not_tag?: string[];
            exact?: boolean;
            untagged?: boolean;
            trash?: boolean;
            state?: ("processing" | "ready" | "failed") | null;
            collapse?: boolean;
            q?: string;
        };
        SecondsShift: {
            seconds: number;
        };
        SelectionIn: {
            query?: components["schemas"]["QueryFields"] | string | null;
            include?: string[];
            exclude?: string[];
        };
        ZoneShift: {
            utc_offset_from?: number | null;
            utc_offset_to: number;
        };
        Cover: {
            /** Format: uuid */
            id: string;
            thumbnails: components["schemas"]["Thumbnails"];
        };
        TagItem: {
            id: number;
            path: string;
            name: string;
            parent: string | null;
            depth: number;
            count: number;
            total: number;
            description: string;
            colour: string | null;
            position: number;
            cover: components["schemas"]["Cover"] | null;
        };
        CarriedItem: {
            path: string;
            sources: components["schemas"]["ReasonItem"][];
            implied_by: string[];
        };
        ReasonGuest: {
            name: string;
            link: {
                [key: string]: string | null;
            };
        };
        ReasonItem: {
            source: string;
            source_id: number;
            since: string;
            /** @default null */
            service: components["schemas"]["ReasonService"] | null;
            /** @default null */
            rule: components["schemas"]["ReasonRule"] | null;
            /** @default null */
            guests: components["schemas"]["ReasonGuest"][] | null;
            /** @default null */
            share: components["schemas"]["ReasonShare"] | null;
        };
        ReasonRule: {
            index: number;
            when: {
                [key: string]: unknown;
            } | string;
        };
        ReasonService: {
            id: number;
            name: string;
            kind: string;
        };
        ReasonShare: {
            /** Format: uuid */
            id: string;
            name: string;
            sender: string;
        };
        BucketItem: {
            key: string;
            from: string;
            to: string | null;
            count: number;
        };
        ClusterCover: {
            /** Format: uuid */
            id: string;
            blurhash: string | null;
            thumbnails: components["schemas"]["Thumbnails"];
        };
        MapCluster: {
            latitude: number;
            longitude: number;
            south: number;
            west: number;
            north: number;
            east: number;
            count: number;
            cover: components["schemas"]["ClusterCover"] | null;
        };
        ServiceItem: {
            id: number;
            /** @enum {string} */
            kind: "rule" | "segmentation" | "share_mapping";
            name: string;
            position: number;
            enabled: boolean;
            requires: string[];
            excludes: string[];
            config: {
                [key: string]: unknown;
            };
            /** @enum {string} */
            state: "ready" | "pending" | "disabled" | "broken" | "failed";
            reason: string | null;
            revision: number;
            created_at: string;
            updated_at: string;
        };
        TagDifference: {
            tag: string;
            gains: number;
            gained: string[];
            loses: number;
            lost: string[];
        };
        SearchItem: {
            /** Format: uuid */
            id: string;
            name: string;
            query: string;
            revision: number;
            created_at: string;
            edited_at: string;
        };
        SuggestionItem: {
            /** @enum {string} */
            kind: "tag" | "field" | "camera" | "lens" | "creator" | "type" | "search";
            text: string;
            query: string;
        };
        QueryFault: {
            at: number;
            detail: string;
        };
        OperationItem: {
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            kind: "tags" | "metadata" | "trash" | "restore" | "drive";
            at: string;
            summary: string;
            by: string | null;
            count: number;
            undone_at: string | null;
            undoes: string | null;
            undoable: boolean;
        };
        RefusedItem: {
            /** Format: uuid */
            id: string;
            code: string;
            detail: string;
        };
        UndoneItem: {
            /** Format: uuid */
            undone: string;
            operation: string | null;
            affected: number;
            skipped: number;
        };
        Camera: {
            make: string | null;
            model: string | null;
            count: number;
        };
        CarriedBy: {
            path: string;
            count: number;
            sources: {
                [key: string]: number;
            };
        };
        Lens: {
            lens: string;
            count: number;
        };
        Range: {
            min: unknown;
            max: unknown;
            known: number;
        };
        DownloadPart: {
            server: string | null;
            url: string;
            pictures: number;
            bytes: number;
            expires_at: string;
        };
        GroupItem: {
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            kind: "content" | "similar";
            /** @enum {string} */
            state: "open" | "settled";
            verdict: ("kept" | "different" | "same") | null;
            /** Format: uuid */
            shown: string;
            total: number;
            pictures: components["schemas"]["PictureItem"][];
        };
        AnnouncedFile: {
            filename: string;
            size: number;
            sha256: string;
            file_date?: string | null;
            tags?: string[];
        };
        AnnounceItem: {
            known: boolean;
            /** Format: uuid */
            id: string;
            /** @default null */
            in_trash: boolean | null;
            /** @default null */
            state: ("open" | "done") | null;
            /** @default null */
            filename: string | null;
            /** @default null */
            size: number | null;
            /** @default null */
            sha256: string | null;
            /** @default null */
            batch: string | null;
            /** @default null */
            picture: string | null;
            /** @default null */
            expires_at: string | null;
            /** @default null */
            parts: components["schemas"]["UploadPart"][] | null;
        };
        UploadPart: {
            number: number;
            size: number;
            url: string;
            received: boolean;
        };
        VersionItem: {
            number: number;
            filename: string;
            media_type: string;
            size: number;
            sha256: string;
            created_at: string;
        };
        UploadQuota: {
            /** @default 2147483648 */
            bytes: number;
            /** @default 500 */
            files: number;
        };
        Uploaded: {
            bytes: number;
            files: number;
        };
        LinkItem: {
            /** Format: uuid */
            id: string;
            name: string;
            tag: string | null;
            state: string;
            password: boolean;
            ends_at: string | null;
            originals: boolean;
            upload: boolean;
            upload_quota: components["schemas"]["UploadQuota"];
            uploaded: components["schemas"]["Uploaded"];
            created_at: string;
        };
        UploadItem: {
            /** Format: uuid */
            picture: string;
            guest: string;
            bytes: number;
            created_at: string;
        };
        ShareItem: {
            /** Format: uuid */
            id: string;
            url: string;
            /** @enum {string} */
            state: "pending" | "active" | "declined" | "revoked" | "left" | "expired";
            tag: string | null;
            recipient: string;
            recipient_name: string;
            name: string;
            message: string;
            originals: boolean;
            future: boolean;
            reshare_depth: number;
            share_back: boolean;
            copy: boolean;
            metadata_edit: boolean;
            ends_at: string | null;
            share_back_of: string | null;
            moved_from: string | null;
            pictures: number;
            created_at: string;
            answered_at: string | null;
            ended_at: string | null;
        };
        HolderItem: {
            /** Format: uuid */
            id: string;
            actor: string;
            name: string;
            via: string | null;
            parent: string | null;
            depth: number;
            originals: boolean;
            pictures: number;
            created_at: string;
            last_access: string | null;
        };
        HoldingItem: {
            /** Format: uuid */
            id: string;
            actor: string;
            name: string;
            via: string | null;
            parent: string | null;
            depth: number;
            originals: boolean;
            pictures: number;
            created_at: string;
            last_access: string | null;
            /** Format: uuid */
            share: string;
            share_name: string;
        };
        PersonItem: {
            actor: string;
            name: string;
            shares: number;
            direct: boolean;
            last_access: string | null;
        };
        GlimpseItem: {
            first: string | null;
            last: string | null;
            blurhashes: string[];
        };
        IncomingItem: {
            /** Format: uuid */
            id: string;
            url: string;
            /** @enum {string} */
            state: "pending" | "active" | "declined" | "left" | "revoked" | "expired";
            sender: string;
            sender_name: string;
            name: string;
            message: string;
            path: string;
            tag: string;
            originals: boolean;
            future: boolean;
            reshare_depth: number;
            share_back: boolean;
            copy: boolean;
            metadata_edit: boolean;
            ends_at: string | null;
            share_back_of: string | null;
            pictures: number;
            glimpse: components["schemas"]["GlimpseItem"] | null;
            created_at: string;
            answered_at: string | null;
            ended_at: string | null;
        };
        NoticeItem: {
            id: number;
            kind: string;
            data: {
                [key: string]: unknown;
            };
            created_at: string;
            read_at: string | null;
        };
        HierarchyItem: {
            /** Format: uuid */
            id: string;
            slug: string;
            name: string;
            config: {
                [key: string]: unknown;
            };
            problems: components["schemas"]["Problem"][];
            revision: number;
            created_at: string;
            updated_at: string;
        };
        Problem: {
            type: string;
            title: string;
            status: number;
            code: string;
            detail: string;
            errors?: {
                path: string;
                detail: string;
            }[];
        };
        FolderItem: {
            path: string;
            name: string;
            key: string;
            /** @enum {string} */
            kind: "root" | "mirror" | "tag" | "query" | "static" | "drop";
            node: string | null;
            tag: string | null;
            total: number | null;
            writable: boolean;
            makes_folders: boolean;
            folders: components["schemas"]["FolderItem"][] | null;
        };
        Held: {
            pulled_at: string | null;
            allowed_until: string | null;
        };
        TokenItem: {
            id: number;
            name: string;
            read_only: boolean;
            redirect: boolean;
            created_at: string;
            last_used_at: string | null;
            last_address: string | null;
            brake: components["schemas"]["Held"];
        };
        LockItem: {
            id: string;
            path: string;
            deep: boolean;
            shared: boolean;
            owner: string;
            device: string;
            created_at: string;
            expires_at: string;
        };
        AversionItem: {
            /** Format: uuid */
            id: string;
            uri: string | null;
            handle: string | null;
            host: string | null;
            created_at: string;
            ends_at: string | null;
        };
        OwnReport: {
            /** Format: uuid */
            id: string;
            subject: string;
            objects: string[];
            comment: string;
            created_at: string;
            /** @enum {string} */
            state: "open" | "resolved" | "dismissed";
        };
        HostItem: {
            host: string;
            /** @enum {string} */
            policy: "blocked" | "limited" | "allowed";
            note: string;
            created_at: string;
            changed_at: string;
        };
        ReportItem: {
            /** Format: uuid */
            id: string;
            subject: string;
            objects: string[];
            comment: string;
            created_at: string;
            /** @enum {string} */
            state: "open" | "resolved" | "dismissed";
            reporter: string | null;
            from_actor: string | null;
            host: string;
            forwarded_at: string | null;
            resolved_at: string | null;
            resolved_by: string | null;
            resolution: string;
        };
        PropertyOut: {
            name: string;
            value: string;
        };
        PropertyBody: {
            name: string;
            value: string;
        };
        SquareIn: {
            left: number;
            top: number;
            edge: number;
        };
        QueueOut: {
            host: string;
            /** @enum {string} */
            state: "open" | "unreachable" | "blocked";
            waiting: number;
            stalled: number;
            oldest: string | null;
            next_attempt: string | null;
            failures: number;
            failing_since: string | null;
            last_error: string | null;
            last_error_at: string | null;
            last_reached: string | null;
        };
        CollectionItem: {
            /** Format: uuid */
            id: string;
            tag: string | null;
            slug: string;
            handle: string;
            url: string;
            name: string;
            summary: string;
            pictures: number;
            posts: number;
            followers: number;
            created_at: string;
        };
        PostItem: {
            /** Format: uuid */
            id: string;
            url: string;
            pictures: string[];
            likes: number;
            boosts: number;
            replies: number;
            published_at: string;
            edited_at: string | null;
        };
        ReplyItem: {
            /** Format: uuid */
            id: string;
            uri: string;
            actor: string;
            handle: string;
            name: string;
            content: string;
            published_at: string;
        };
        ActorItem: {
            uri: string;
            handle: string;
            type: string;
            name: string;
            summary: string;
            icon_url: string | null;
            url: string;
            moved_to: string | null;
        };
        FollowItem: {
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            state: "pending" | "accepted" | "rejected";
            actor: components["schemas"]["ActorItem"];
            created_at: string;
            answered_at: string | null;
        };
        FollowerItem: {
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            state: "pending" | "accepted";
            of: string;
            actor: components["schemas"]["ActorItem"];
            created_at: string;
            accepted_at: string | null;
        };
        FeedPost: {
            /** Format: uuid */
            id: string;
            uri: string;
            url: string | null;
            author: components["schemas"]["ActorItem"];
            via: components["schemas"]["ActorItem"] | null;
            title: string;
            content: string;
            warning: string;
            sensitive: boolean;
            images: components["schemas"]["ImageItem"][];
            published_at: string;
            edited_at: string | null;
            at: string;
            liked: boolean;
        };
        ImageItem: {
            url: string;
            media_type: string | null;
            width: number | null;
            height: number | null;
            blurhash: string | null;
            alt: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
