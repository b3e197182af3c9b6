// esbuild turns an imported picture into the address it is served under.
declare module "*.svg" {
  const address: string;
  export default address;
}
