// Somebody with matrix-js-sdk makes a room with the bot and asks for help there. Prints, as
// JSON, what the bot has answered, and the id of what was asked.
// TOKEN=… node talk.mjs HOMESERVER USER BOT
import { createClient, Preset, RoomEvent } from "matrix-js-sdk";
import { logger } from "matrix-js-sdk/lib/logger.js";

logger.setLevel("silent");
const [baseUrl, userId, bot] = process.argv.slice(2);
const client = createClient({ baseUrl, userId, accessToken: process.env.TOKEN });

const answer = new Promise((resolve) => {
    client.on(RoomEvent.Timeline, (event) => {
        if (event.getType() === "m.room.message" && event.getSender() === bot) resolve(event.getContent());
    });
});
await client.startClient();
const { room_id: room } = await client.createRoom({ preset: Preset.PrivateChat, invite: [bot], name: "7А" });
const { event_id: asked } = await client.sendTextMessage(room, "!помощь");
console.log(JSON.stringify({ asked, answer: await answer }));
client.stopClient();
process.exit(0);
