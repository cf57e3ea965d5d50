// The demo's websites. conf.d/demo.conf configures them and shop/js/website.js knows them by their names;
// the datastreams are repeated here because the check must not take them from where they are configured. Each website
// is a store view of the sample shop's backend, with the number `storeId`.

export const websites = [
    {
        host: "north.localhost",
        storeId: 1,
        datastream: "6a1c2f30-8d4b-4e57-a9c1-0b7d5e3f9a12",
        webSdk: "deployed by nginx",
    },
    {
        host: "south.localhost",
        storeId: 2,
        datastream: "b93e7d58-15fa-4c26-8e70-4d2a6c81f0b5",
        webSdk: "deployed by nginx",
    },
    {
        host: "west.localhost",
        storeId: 3,
        datastream: "c2f1a7d4-3b0e-4f68-9d57-8a1be0c4f2a3",
        webSdk: "the merchant's own, called shopAlloy",
    },
    {
        host: "east.localhost",
        storeId: 4,
        datastream: "d8e04b19-62c7-4a9d-b1f3-5e7c90a2d6b4",
        webSdk: "the merchant's own, called analytics",
    },
    {
        host: "harbour.localhost",
        storeId: 5,
        datastream: "e4b7c3a9-0d52-4f1e-8c6a-97d1f2b3a085",
        webSdk: "deployed by nginx, for a theme that tells Google alone",
        tellsGoogle: true,
    },
];
