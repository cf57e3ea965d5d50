# What `nginx -t` says of an aep_queue that names a broker, and of the module that talks to one.

use strict;
use warnings;
no warnings 'qw';    # hosts have commas between them

use AepCertificate;
use AepConfiguration;
use AepEdge;
use AepServer;
use Cwd ();
use File::Basename ();
use Test::More;

my $first   = 'load_module ' . AepConfiguration::build() . '/ngx_http_aep_module.so;';
my $second  = AepConfiguration::build() . '/ngx_http_aep_amqp_module.so';
my $both    = "$first load_module $second;";
my $missing = -e $second ? undef : "there is no $second: make amqp";
my $secret  = 'correct horse battery staple';

sub write_secret {
    my ($name, $text, $mode) = @_;
    AepConfiguration::write_file($name, $text);
    chmod $mode // 0600, AepConfiguration::directory() . "/$name" or die "chmod: $!";
    return;
}

sub queue { return { http => "aep_queue $_[0];" } }

write_secret('broker', "aep\n$secret\n");

# ---- what is wrong whether there is the second module or not ----

subtest 'URLs' => sub {
    refuses(queue("$_ credentials=broker"), qq{invalid value "$_" in "aep_queue" directive: expected the nodes of a RabbitMQ cluster},
        'amqps://rabbit1.example,rabbit2.example:5671/shop', $_)
        for qw(amqps:// amqp:///shop amqps://rabbit: amqps://rabbit:0 amqps://rabbit:65536 amqps://rabbit,,other
        amqps://[::1 amqps://rabbit/a/b amqps://rabbit/shop?heartbeat=1 amqps://rabbit/%2 amqps://rab|bit);
    for my $url ("amqps://aep:$secret\@rabbit/shop", 'amqps://aep@rabbit', "amqps://aep:a/$secret\@rabbit") {
        refuses(queue(qq{"$url" credentials=broker}), '"aep_queue" directive has a user in its URL: write the user into the first line',
            'chmod 600', 'credentials=', 'a user in the URL');
        unlike($AepConfiguration::said, qr/\Q$secret\E/, 'the password is not shown');
    }
};

subtest 'parameters' => sub {
    refuses(queue("amqps://rabbit credentials=broker $_"), qq{invalid value "$_" in "aep_queue" directive: expected credentials=},
        'spool= with a directory (or off)', $_)
        for qw(credentials= trusted_certificate= certificate= certificate_key= name= name=amq.aep name=a/b shards=0 shards=65
        shards=x shards= declare=yes declare= spool= max_size=1k max_size=x max_age=0 min_free=91% heartbeat=10 off /queue),
        'name=' . 'a' x 41;
    refuses({ http => 'aep_queue off credentials=broker;' }, 'invalid value "off"', 'or a broker, as amqps://', 'off with parameters');
    refuses({ http => "aep_queue queue; aep_queue amqps://rabbit credentials=broker;" }, '"aep_queue" directive is duplicate', 'twice');
};

subtest 'credentials' => sub {
    refuses(queue('amqps://rabbit'), '"aep_queue" directive has no credentials=: name a file', 'its own machine only', 'none');
    my $file = qr{file "/\S+/wrong" in "aep_queue" directive};
    refuses(queue('amqps://rabbit credentials=wrong'), $file, 'cannot be read: No such file or directory', 'no file');
    for my $text ('', 'aep', "aep\n", "aep:$secret\n", "\n$secret\n", "aep\n$secret\n$secret\n", "aep\n\t$secret\n") {
        write_secret('wrong', $text);
        refuses(queue('amqps://rabbit credentials=wrong'), $file,
            'does not hold the user of the broker in its first line and the password in its second', 'another text');
        unlike($AepConfiguration::said, qr/\Q$secret\E/, 'which is not shown');
    }
    write_secret('wrong', "aep\n$secret\n", 0640);
    refuses(queue('amqps://rabbit credentials=wrong'), $file, 'holds a secret that others than its owner can read or change',
        'a file that others can read');
};

my $certificate = AepCertificate->make('rabbit.example');
my $other       = AepCertificate->make('rabbit.example');
my ($chain, $key, $wrong_key) = ($certificate->certificate, $certificate->key, $other->key);

subtest 'certificates' => sub {
    my $amqps = 'amqps://rabbit credentials=broker';
    AepConfiguration::write_file('empty.pem', '');
    refuses(queue("$amqps trusted_certificate=missing.pem"), 'missing.pem" in "aep_queue" directive cannot be read', 'a file that is not there');
    refuses(queue("$amqps trusted_certificate=empty.pem"), qr{file "/\S+/empty.pem" in "aep_queue" directive holds no PEM certificates},
        "the broker's nodes", 'an empty file');
    refuses(queue("$amqps $_"), '"aep_queue" directive has only one of certificate= and certificate_key=', $_)
        for "certificate=$chain", "certificate_key=$key";
    refuses(queue("$amqps certificate=missing.pem certificate_key=$key"), 'missing.pem" in "aep_queue" directive cannot be read', 'no file');
    refuses(queue("$amqps certificate=$key certificate_key=$key"), 'holds no certificate: expected PEM', 'a key for the certificate');
    refuses(queue("$amqps certificate=$chain certificate_key=$wrong_key"), 'does not hold the key of the file of certificate=',
        'another key');
    chmod 0604, $wrong_key or die "chmod: $!";
    refuses(queue("$amqps certificate=$chain certificate_key=$wrong_key"), 'is open to all users of this machine', 'a key for everybody');
    refuses(queue("amqp://localhost credentials=broker $_"), 'nothing is encrypted with a URL that begins with amqp://', "$_ with amqp://")
        for "trusted_certificate=$chain", "certificate=$chain certificate_key=$key";
};

subtest 'the module is not loaded' => sub {
    refuses(queue('amqps://rabbit credentials=broker'), '"aep_queue" directive names a broker, but the module that talks to it is not loaded',
        '"load_module modules/ngx_http_aep_amqp_module.so;" behind the load_module line of ngx_http_aep_module.so',
        'libnginx-mod-http-aep-amqp', 'a broker');
    accepts({ http => 'aep_queue queue;' }, 'a directory');
};

# ---- with the second module ----

sub with_both { my $value = shift; return { modules => $both, %{ queue($value) }, @_ } }

subtest 'settings that are accepted' => sub {
    plan skip_all => $missing if $missing;
    accepts(with_both("amqps://$_ credentials=broker"), $_)
        for qw(rabbit rabbit/ rabbit/shop rabbit1:5700,rabbit2,[::1]:1,[fe80::1]/%2Fshop RABBIT);
    accepts(with_both("amqps://rabbit credentials=broker $_"), $_)
        for "trusted_certificate=$chain", "certificate=$chain certificate_key=$key", 'name=shop-1.a_b', 'shards=64', 'declare=off',
        'declare=on', 'spool=off', 'spool=queue max_size=10m max_age=1d min_free=0', 'min_free=10%';
    accepts(with_both('amqps://rabbit credentials=broker spool=queue', website => 'aep_inject on;'), 'with a website');
    accepts(with_both('amqps://rabbit credentials=broker', website => 'aep_inject on;'),
        'while the broker is away events are kept in /tmp', 'spool= of aep_queue', 'a spool that is emptied by a restart')
        if AepConfiguration::directory() =~ m{^/tmp/};
    accepts(with_both('amqps://rabbit credentials=broker spool=off', website => <<'LINES'), 'back office events without a spool');
aep_back_office_events on;
location = /aep-back-office { aep_back_office; aep_back_office_token off; }
LINES
    accepts({ modules => $both }, 'the module without a broker');
    accepts({ modules => "load_module $second; $first", %{ queue('amqps://rabbit credentials=broker') } }, 'the modules in the other order');
    my $clear = 'sends events, which are personal data, and the password to amqp://rabbit:5672 in clear text';
    accepts(with_both('amqp://rabbit credentials=broker'), $clear, 'amqp:// over a network');
    accepts(with_both('amqp://localhost,127.0.0.1,[::1] credentials=broker'), 'amqp:// on this machine');
};

subtest 'modules that do not belong together' => sub {
    plan skip_all => $missing if $missing;
    refuses({ modules => "load_module $second;" }, 'ngx_http_aep_amqp_module is loaded without the module that it belongs to',
        'put "load_module modules/ngx_http_aep_module.so;" before its own load_module line', 'the second one alone');

    my $top       = Cwd::abs_path(File::Basename::dirname(__FILE__) . '/..');
    my ($version) = `grep AEP_VERSION $top/src/version.hpp` =~ /"(.*)"/;
    my $newer     = $version =~ tr/0-8/1-9/r;
    my $build = do { open my $in, '<:raw', $second or die "$second: $!"; local $/; <$in> };
    my $wrong = sub {
        my ($from, $to) = @_;
        (my $changed = $build) =~ s/\Q$from\E/$to/g or return fail("\"$from\" is in the module");
        AepConfiguration::write_file('wrong.so', $changed);
        return { modules => "$first load_module " . AepConfiguration::directory() . '/wrong.so;' };
    };
    refuses($wrong->("$version\0", "$newer\0"), "ngx_http_aep_amqp_module is of version $newer",
        "but ngx_http_aep_module of version $version", 'install both from the same build', 'one of another version');
    refuses($wrong->('compiler ', 'COMPILER '), 'install both from the same build', 'one that was built in another way');
};

subtest 'a reload without the module' => sub {
    plan skip_all => $missing if $missing;
    my $edge   = AepEdge->start;
    my $queue  = 'aep_queue amqp://127.0.0.1:1 credentials=' . AepConfiguration::directory() . '/broker';
    my $server = AepServer->start(edge => $edge->url, workers => 1, main => "load_module $second;", http => "$queue;",
        server => 'location = /aep-status { aep_status; }');
    my $kept   = qr{while it is away they are kept in the broker at amqp://127\.0\.0\.1:1; while that is away, too, };
    ok($server->wait_for_log(qr{website "shop.example".*${kept}in "\S+/aep-queue" of this node}), 'a website\'s line names the broker');
    ok(-d $server->directory . '/aep-queue', 'what waits for the broker is where a queue is by default');

    my $status = $server->client->get('/aep-status?format=json')->{body};
    like($status, qr{"queue":\{"on":true,"broker":"amqp://127\.0\.0\.1:1","directory":"[^"]+/aep-queue"}, 'the status has both');
    like($server->client->get('/aep-status')->{body}, qr{Broker of the fleet.*amqp://127\.0\.0\.1:1}s, 'as does its page');

    $server->configure(http => "$queue spool=AEP_DIRECTORY/nginx.conf;");
    ok($server->reload, 'it is reloaded with a spool that is none');
    ok($server->wait_for_log(qr{\[alert\].*nginx\.conf is not a directory.*until the next reload there is no spool}), 'and says so');

    $server->configure(http => "$queue spool=off;");
    ok($server->reload, 'it is reloaded');
    ok($server->wait_for_log(qr{${kept}they are refused \(it has no spool\)}), 'without a spool it says so');

    $server->configure(main => '', http => "$queue;");
    $server->signal('HUP');
    ok($server->wait_for_log(qr{\[emerg\].*the module that talks to it is not loaded}), 'the second module is missed');

    my $text = do { open my $in, '<', $server->directory . '/nginx.conf' or die; local $/; <$in> };
    $text =~ s/^load_module .*/load_module $second;/m;
    open my $out, '>', $server->directory . '/nginx.conf' or die "nginx.conf: $!";
    print $out $text;
    close $out or die "nginx.conf: $!";
    $server->signal('HUP');
    ok($server->wait_for_log(qr{\[emerg\].*loaded without the module that it belongs to}), 'so is the first, though its file is in memory');
    $server->ends_soon;
    unlike($server->log, qr/\Q$secret\E/, 'the log does not hold the password');
};

done_testing;
