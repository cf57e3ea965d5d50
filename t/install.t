use strict;
use warnings;

# `make install` into a tree that has Debian's nginx.conf as it is in the package, then a website as in the README's
# example. Of the machine's own configuration nothing is read: it may load this very module.

use AepClient;
use AepEdge;
use AepOrigin;
use AepPatience qw(patient_edge);
use AepServer;
use AepTag;
use Cwd ();
use File::Basename ();
use File::Temp ();
use POSIX ();
use Test::More;

my $top   = Cwd::abs_path(File::Basename::dirname(__FILE__) . '/..');
my $build = Cwd::abs_path($ENV{AEP_BUILD} || "$top/build");
$ENV{PATH} .= ':/usr/local/sbin:/usr/sbin';
delete @ENV{qw(MAKEFLAGS MAKELEVEL MFLAGS V DESTDIR MODULES_PATH CONF_PATH PREFIX)};
my $nginx = $ENV{TEST_NGINX_BINARY} || 'nginx';

my ($conf_path) = `$nginx -V 2>&1` =~ m{--conf-path=(\S+)};
my $package = "$top/build/deps/test-nginx/etc/nginx";
plan skip_all => 'this nginx is not Debian\'s' unless ($conf_path // '') eq '/etc/nginx/nginx.conf' && -d $package;

my $tree = File::Temp->newdir('aep-install-XXXXXX', TMPDIR => 1);
chmod 0755, $tree;
my $etc = "$tree/etc/nginx";

# Installs the module that is tested, whatever the sources are like by now.
sub make {
    my $target = shift;
    my $module = "$build/ngx_http_aep_module.so";
    my $second = "$build/ngx_http_aep_amqp_module.so";
    my $said = `make -C $top --no-print-directory -o $module -o $second $target DESTDIR=$tree OUT=$build NGINX=$nginx 2>&1`;
    is($?, 0, "make $target") or diag($said);
    return $said;
}

sub content_of {
    my $file = shift;
    open my $in, '<', $file or return '';
    local $/;
    return <$in>;
}

# Regular files and links, wherever they are below.
sub files_of {
    my $directory = shift;
    return split /\n/, `find $directory -type f -o -type l | sort`;
}

sub write_file {
    my ($file, $text) = @_;
    open my $out, '>', $file or die "$file: $!";
    print $out $text;
    close $out or die "$file: $!";
    return;
}

# ---- the tree, as Debian's nginx-common makes it ----

system 'mkdir', '-p', map { "$tree/$_" } qw(etc usr/share/nginx var/log/nginx run var/lib/nginx);
system('cp', '-r', $package, $etc) == 0 or BAIL_OUT("there is no copy of $package");
mkdir "$etc/$_" for qw(conf.d sites-enabled modules-enabled);
symlink "../../lib/nginx/modules", "$tree/usr/share/nginx/modules";

my $stock = content_of("$package/nginx.conf");
write_file("$etc/nginx.conf", $stock =~ s{(?<=[\s"])/(etc/nginx|run|var/log/nginx)\b}{$tree/$1}gr);

my %was = map { $_ => 1 } files_of("$tree/usr");

# ---- install ----

my $said = make('install');
my ($module) = $said =~ m{^Installed (\S+/ngx_http_aep_module\.so) and \Q$etc\E/aep/website\.inc}m;
ok($module && -e $module, 'the module is where nginx looks for modules');
is(content_of("$etc/aep/website.inc"), content_of("$top/conf.d/aep_website.inc"), 'aep/website.inc is beside nginx.conf');
like(`$tree/usr/local/bin/aep-backfill --help`, qr/\Ausage: aep-backfill /, 'the program for old orders runs');
is(join(' ', map { File::Basename::basename($_) } glob "$etc/conf.d/*"), '', 'nothing is where nginx includes it for all');
my $shared = "$tree/usr/local/share";
ok(-e "$shared/man/man7/ngx_aep.7" && -e "$shared/man/man1/aep-backfill.1", 'manual pages are where man looks for them');
is(content_of("$shared/doc/ngx_aep/conf.d/back_office/token.inc"), content_of("$top/conf.d/back_office/token.inc"),
    'examples are with the documents');
is_deeply([grep { /demo/ } files_of("$shared/doc")], [], 'but for the demo\'s');

SKIP: {
    my $second = "$build/ngx_http_aep_amqp_module.so";
    skip 'the second module was not built', 3 unless -e $second;
    ok(-e $module =~ s{[^/]*$}{ngx_http_aep_amqp_module.so}r, 'the second module is beside it');
    is(content_of("$tree/usr/share/nginx/modules-available/mod-http-aep-amqp.conf"),
        "load_module modules/ngx_http_aep_amqp_module.so;\n", 'with a file that loads it');
    like($said, qr{ln -s \S+/mod-http-aep-amqp\.conf /etc/nginx/modules-enabled/71-}, 'the installation says how it is switched on');
}

my ($link) = $said =~ m{ln -s \S+ (/etc/nginx/modules-enabled/\S+)};
ok($link, 'the installation says how the module is switched on');
symlink "$tree/usr/share/nginx/modules-available/mod-http-aep.conf", "$tree$link";

# ---- the operator's part ----

my $origin = AepOrigin->start;
my $shop   = $origin->url('shop', ["HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<!doctype html><head>"]);
my $edge   = AepEdge->start;
my $port   = AepServer::free_port();
write_file("$etc/conf.d/aep.conf", content_of("$top/conf.d/aep.conf") . <<"CONFIG");
aep_organization_id  0123456789ABCDEF01234567\@AdobeOrg;
aep_edge             http://127.0.0.1:@{[ $edge->port ]} @{[ patient_edge() ]};
client_body_temp_path  $tree/var/lib/nginx/body;
proxy_temp_path        $tree/var/lib/nginx/proxy;
fastcgi_temp_path      $tree/var/lib/nginx/fastcgi;
uwsgi_temp_path        $tree/var/lib/nginx/uwsgi;
scgi_temp_path         $tree/var/lib/nginx/scgi;
CONFIG
write_file("$etc/sites-enabled/shop", <<"CONFIG");
server {
    listen             127.0.0.1:$port;
    server_name        shop.example;
    aep_datastream_id  ebebf826-a01f-4458-8cec-ef61de241c93;
    include            aep/website.inc;

    location ~* \\.(js|css|png)\$ { return 418; }
    location ~ ^/ee/            { return 418; }
    location /admin/ { aep_inject off; proxy_pass $shop; }
    location /       { proxy_pass $shop; }
}
CONFIG

my @nginx = ($nginx, '-p', "$tree/usr/share/nginx/", '-c', "$etc/nginx.conf", '-e', "$tree/var/log/nginx/error.log");
sub check_configuration {
    my $name = shift;
    local $ENV{LD_PRELOAD} = $ENV{TEST_NGINX_LD_PRELOAD} // '';
    my $check = `@nginx -t 2>&1`;
    is($?, 0, $name) or diag($check);
    return unlike($check, qr/\[(?:warn|error|emerg)\](?!.*(?:"user" directive|the machine restarts))/, "$name, without a warning");
}
check_configuration('nginx -t passes in Debian\'s nginx.conf');

my $defaults = join '|', qw(aep_commerce_scope aep_commerce_store aep_back_office_events
    aep_back_office_profile_events aep_page_view aep_data_layer aep_inject aep_tag_place aep_default_consent aep_opt_out_cookie
    aep_global_privacy_control aep_public_host aep_client_ip aep_first_party_id limit_req_zone);
write_file("$etc/conf.d/aep_all.conf", content_of("$top/conf.d/aep.conf") =~ s/^#(?=$defaults)//mgr);
check_configuration('what conf.d/aep.conf comments out is valid');
unlink "$etc/conf.d/aep_all.conf";

# ---- it runs ----

my $pid = fork // die "fork: $!";
if ($pid == 0) {
    open STDERR, '>', "$tree/stderr";
    $ENV{LD_PRELOAD} = $ENV{TEST_NGINX_LD_PRELOAD} // '';
    exec @nginx, '-g', 'daemon off;' or POSIX::_exit(127);
}
my $owner = $$;
END {
    if ($pid && $$ == $owner) {
        local $?;
        kill QUIT => $pid;
        waitpid $pid, 0;
    }
}
my $answers = AepServer::wait_until(sub { defined IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port") });
ok($answers, 'nginx runs') or BAIL_OUT(content_of("$tree/var/log/nginx/error.log") . content_of("$tree/stderr"));

my $client = AepClient->new($port);
my $page   = $client->get('/')->{body};
is(AepTag::marked($page), '<!doctype html><head>[tag]', 'a page has the tag');
is(AepTag::marked($client->get('/admin/')->{body}), '<!doctype html><head>', 'the shop\'s administration has none');
my $file = $client->get((AepTag::sources($page))[0]);
is($file->{status}, 200, 'the SDK file comes, whatever a location with a pattern does');
like($file->{headers}{'content-type'}[0], qr{^text/javascript}, 'as a script');
is($client->get('/shop.js')->{status}, 418, 'which still has its own requests');

my $event = $client->post('/ee/v1/interact?requestId=1', '{"events":[{"xdm":{"eventType":"web.webpagedetails.pageViews"}}]}');
is($event->{status}, 200, 'an event is answered');
is($edge->requests(at_least => 1)->[0]{query}{configId}, 'ebebf826-a01f-4458-8cec-ef61de241c93', 'and reaches the Edge');

kill QUIT => $pid;
waitpid $pid, 0;
is($?, 0, 'nginx ends');
undef $pid;
unlike(content_of("$tree/var/log/nginx/error.log"), qr/\[(?:warn|error|crit|alert|emerg)\](?!.*(?:"user" directive|the machine restarts))/,
    'nothing went wrong');

# ---- again, and away ----

write_file("$etc/aep/website.inc", "# mine\n");
make('install');
is(content_of("$etc/aep/website.inc"), "# mine\n", 'what the operator has changed stays');
is(content_of("$etc/aep/website.inc.default"), content_of("$top/conf.d/aep_website.inc"), 'the new text lies beside it');

unlink "$tree$link";
make('uninstall');
ok(!-e $module, 'the module is gone');
ok(-e "$etc/aep/website.inc", 'what the operator has changed is not');

is_deeply([grep { !$was{$_} } files_of("$tree/usr")], [], 'and of the rest nothing is left');

done_testing;
