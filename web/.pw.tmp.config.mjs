export default { testDir: '/work/main/web/tests/browser', testMatch: /\.spec\.ts$/, outputDir:'/tmp/c_dev/results', fullyParallel: true, workers: 1, reporter: [['list']], timeout: 30000,
 use: { launchOptions: { executablePath:'/usr/bin/chromium', args:['--no-sandbox'] } } };
